import { expect, test } from 'vitest';
import { openBare } from '../dist/bare/open-bare.js';
import { startLive } from '../dist/run/child.js';
import { calls } from '../src/cases/calls.js';
import type { Case } from '../src/cases/case.js';
import { type Contender, contenders } from '../src/contenders/contenders.js';
import { Ledger } from '../src/run/ledger.js';

const [one] = calls as readonly Case[];
const [contender] = contenders;
if (one === undefined || contender === undefined) throw new Error('There is nothing to measure.');

test('a contender that fails is put down, and takes part in the case no more', async () => {
  const ledger = new Ledger();
  await ledger.take(one, contender, 0, async () => 1);
  await ledger.take(one, contender, 1, async () => {
    throw new Error('broken');
  });
  await ledger.take(one, contender, 2, async () => 3);
  expect(ledger.results.map(({ figures }) => figures)).toEqual([[1]]);
  expect(ledger.failures).toEqual([{ case: one.id, contender: contender.id, message: 'broken' }]);
});

test('a contender that does not offer what is measured has no result, and has not failed', async () => {
  const ledger = new Ledger();
  await ledger.warm(one, contender, async () => undefined);
  await ledger.take(one, contender, 0, async () => 1);
  expect([ledger.results, ledger.failures]).toEqual([[], []]);
});

test('a round that a contender was not in is a hole in its figures', async () => {
  const ledger = new Ledger();
  await ledger.take(one, contender, 1, async () => 5);
  expect(ledger.results[0]?.figures).toEqual([null, 5]);
});

test('a contender whose process ends does not leave the run waiting', async () => {
  const none: Contender = { ...contender, id: 'nobody' };
  await expect(startLive(none, 1, 0)).rejects.toThrow('nobody: its process ended with 1');
});

test.each(['one-at-a-time', 'pipelined', 'coalesced'] as const)(
  'bare messages, %s: each call gets its own result, also after a worker has ended',
  async (way) => {
    for (const kind of ['thread', 'process'] as const) {
      const pool = openBare(kind, way, 2);
      const values = Array.from({ length: 1000 }, (_, i) => new Uint8Array([i % 251, i % 7]));
      expect(await Promise.all(values.map((bytes) => pool.echo(bytes)))).toEqual(values);
      await Promise.all([pool.crash?.(), pool.noop(), pool.noop()]);
      expect(await pool.echo(new Uint8Array([1, 2]))).toEqual(new Uint8Array([1, 2]));
      await pool.close();
      // Of one worker, nobody else takes what waits.
      const alone = openBare(kind, way, 1);
      await Promise.all([alone.crash?.(), alone.noop()]);
      await alone.close();
    }
  },
);

test('bare messages move what is to be moved', async () => {
  const pool = openBare('thread', 'coalesced', 1);
  const bytes = new Uint8Array([1, 2, 3]);
  expect(await pool.echoMoved?.(bytes)).toEqual(new Uint8Array([1, 2, 3]));
  expect(bytes.length).toBe(0);
  await pool.close();
});
