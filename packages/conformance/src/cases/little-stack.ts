import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import { deep } from '../fixtures/corners.js';

const kinds = ['thread', 'process'] as const;

/** S4: what one side can write, and the other has too little stack to read. */
export const littleStackCases: readonly ConformanceCase[] = [
  {
    id: 'S4-caller-with-little-stack',
    rule: 'S4',
    title: 'a result and a report that the caller has too little stack to read end their task, and the next one runs',
    kinds,
    async run({ script }) {
      const body = `
        const executor = createExecutor({ kind, maxWorkers: 1, execArgv: [] });
        const { corners, basics } = tasks;
        for (const task of [corners.deep, corners.reportDeep]) {
          const end = await executor.submit(task, 950).then(() => 'read', ({ code, cause }) => code + ': ' + cause?.message);
          console.log(end);
        }
        console.log(await executor.submit(basics.add, 1, 2));
        await executor.shutdown();
      `;
      const { stdout, stderr, exitCode } = await script(body, { execArgv: ['--stack-size=300'] });
      assert.match(stdout, /^(?:read\n|ERR_WORKER_CRASHED: .* could not be read .*\n){2}3\n$/, stdout + stderr);
      assert.equal(exitCode, 0, stderr);
    },
  },
  {
    id: 'S4-worker-with-little-stack',
    rule: 'S4',
    title: 'a call that its worker has too little stack to read ends with an error that says so, and the next one runs',
    kinds,
    async run({ create, kind, tasks: { basics, corners } }) {
      const executor = create({
        maxWorkers: 1,
        ...(kind === 'thread' ? { resourceLimits: { stackSizeMb: 0.5 } } : { execArgv: ['--stack-size=200'] }),
      });
      const levels = 950;
      const [end] = await Promise.allSettled([executor.submit(corners.depthOf, deep(levels))]);
      if (end.status === 'fulfilled') assert.equal(end.value, levels);
      else {
        const { code, cause } = Object(end.reason);
        assert.equal(code, 'ERR_WORKER_CRASHED', end.reason);
        assert.match(String(cause), /could not be read/);
      }
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
];
