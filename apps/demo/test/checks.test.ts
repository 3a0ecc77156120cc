import { tasksFrom } from '@anypool/core';
import { describe, expect, it } from 'vitest';
import { loadTarget } from '../dist/backends.js';
import type { Check } from '../dist/checks/check.js';
import { runCheck } from '../dist/checks/run-check.js';
import { watchWorkers } from '../dist/checks/worker-watch.js';

const probes = tasksFrom<typeof import('../dist/tasks/probes.js')>(new URL('../dist/tasks/probes.js', import.meta.url));

describe('a check', () => {
  const judged = async (expected: Check['expected'], run: Check['run']): Promise<unknown> => {
    using workers = watchWorkers();
    const result = await runCheck({ id: 'x', title: 'x', expected, run }, await loadTarget('tinypool:thread'), workers);
    return { ...result, threads: workers.threads() };
  };

  it('holds if it saw just what was expected, and ends its executors', async () => {
    const result = await judged({ doubled: 42 }, async ({ createExecutor }) => ({
      facts: { doubled: await createExecutor().submit(probes.double, 21) },
    }));
    expect(result).toMatchObject({ held: true, seen: { doubled: 42 }, threads: 0 });
  });

  it.each([
    ['something else', { value: 2 }],
    ['too little', {}],
    ['too much', { value: 1, other: 1 }],
  ])('fails if it saw %s', async (_what, facts) => {
    expect(await judged({ value: 1 }, async () => ({ facts }))).toMatchObject({
      held: false,
      seen: facts,
      expected: { value: 1 },
    });
  });

  it('fails if it throws, says why, and ends its executors while their tasks wait', async () => {
    const result = await judged({}, async ({ createExecutor, makeGate }) => {
      const gate = await makeGate();
      void createExecutor().submit(probes.waitAtGate, gate.port, 'left behind');
      await gate.arrived(1);
      throw new Error('the reason');
    });
    expect(result).toMatchObject({
      held: false,
      seen: undefined,
      error: expect.stringContaining('the reason'),
      threads: 0,
    });
  });
});
