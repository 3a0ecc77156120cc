import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';

/** Makes the script print each unhandled rejection, and whether the promise it comes from is the Future named `future`. */
const listen = `
  let future;
  process.on('unhandledRejection', (reason, promise) => {
    console.log('unhandled', String(reason?.message ?? reason), promise === future);
  });
`;

/** Ends of a Future that nobody awaits and nobody is to hear of. */
const silentEnds = {
  'cancelled while queued': `future.cancel();`,
  'cancelled with a reason': `future.cancel(new Error('enough'));`,
  'cancelled while running': `running.cancel();`,
  'cancelled by a signal': `controller.abort();`,
  'cancelled by shutdown': `void executor.shutdown({ cancelPending: true });`,
  'past the time limit of shutdown': `void executor.shutdown({ timeout: 1 });`,
  terminated: `void executor.terminate();`,
};

/** E8: failures that nobody awaits. */
export const unhandledCases: readonly ConformanceCase[] = [
  {
    id: 'E8-ends-the-process',
    rule: 'E8',
    title: "a task's error that nobody awaits ends the process as any unhandled rejection does",
    async run({ script }) {
      const { exitCode, stderr, stdout } = await script(`
        const executor = createExecutor();
        executor.submit(tasks.errors.raise, 'coded');
        setTimeout(() => console.log('went on'), 60_000);
      `);
      assert.equal(exitCode, 1, stderr);
      assert.match(stderr, /boom/);
      assert.match(stderr, /E_BOOM/);
      assert.equal(stdout, '');
    },
  },
  {
    id: 'E8-the-event',
    rule: 'E8',
    title: "the event 'unhandledRejection' comes once, with the error and the Future itself",
    async run({ script }) {
      const { exitCode, stderr, stdout } = await script(`${listen}
        const executor = createExecutor();
        future = executor.submit(tasks.errors.raise, 'error');
        await executor.submit(tasks.basics.nothing);
        await executor.submit(tasks.errors.raise, 'error').catch(() => {});
        await executor.shutdown();
      `);
      assert.deepEqual([exitCode, stdout], [0, 'unhandled boom true\n'], stderr);
    },
  },
  {
    id: 'E8-awaited-failures-are-silent',
    rule: 'E8',
    title: "an error that the caller catches is nobody else's: with await, catch, Promise.all and map",
    async run({ script }) {
      const { exitCode, stderr, stdout } = await script(`${listen}
        const executor = createExecutor();
        const fail = () => executor.submit(tasks.errors.raise, 'error');
        try { await fail(); } catch {}
        await fail().catch(() => {});
        await fail().then(() => {}, () => {});
        await Promise.allSettled([fail(), fail()]);
        try { for await (const _ of executor.map(tasks.errors.raise, ['error', 'error', 'error'])); } catch {}
        await executor.shutdown();
        console.log('end');
      `);
      assert.deepEqual([exitCode, stdout], [0, 'end\n'], stderr);
    },
  },
  {
    id: 'E8-cancelled-and-ended-are-silent',
    rule: 'E8',
    title: 'a Future that was cancelled, or rejected by shutdown or terminate, may be left alone',
    cap: 60_000,
    async run({ gate, script }) {
      for (const [end, code] of Object.entries(silentEnds)) {
        const latch = await gate();
        const { exitCode, stderr, stdout } = await script(`${listen}
          const turn = () => new Promise((resolve) => setImmediate(resolve));
          const executor = createExecutor({ maxWorkers: 1 });
          const controller = new AbortController();
          const running = executor.submit(tasks.basics.waitAt, ${JSON.stringify(latch.handle)});
          future = executor.with({ signal: controller.signal }).submit(tasks.basics.nothing);
          while (running.state !== 'running') await turn();
          ${code}
          while (future.state === 'queued' && running.state === 'running') await turn();
          for (let turns = 0; turns < 10; turns += 1) await turn();
          console.log('end');
          process.exit();
        `);
        assert.deepEqual([exitCode, stdout], [0, 'end\n'], `${end}: ${stderr}`);
      }
    },
  },
];
