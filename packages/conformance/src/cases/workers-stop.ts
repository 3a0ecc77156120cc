import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import type { Trace } from '../trace.js';

const kinds = ['thread', 'process'] as const;

/** Stops workers. On a busy machine one may be killed before it has begun to stop, which is right, and shows nothing: then another has more time. */
async function untilSomethingBegan(log: Trace, stop: (stopTimeout: number) => Promise<void>): Promise<void> {
  for (const stopTimeout of [100, 400, 1600, 6400]) {
    await stop(stopTimeout);
    if (log.lines().length > 0) return;
  }
}

export const workerStopCases: readonly ConformanceCase[] = [
  {
    id: 'W1-slow-stop',
    rule: 'W1',
    title: 'a worker that takes its time to stop, but less than stopTimeout, is not killed',
    kinds,
    async run({ create, tasks: { basics, lifecycle }, gate, trace }) {
      const [door, log, other] = [await gate(), trace(), trace()];
      const finalizer = { task: lifecycle.finishAt, args: [door.handle, log.handle] } as const;
      const patient = [60_000, 2 ** 31, Number.POSITIVE_INFINITY].map((stopTimeout) =>
        create({ maxWorkers: 1, stopTimeout, finalizer }),
      );
      await Promise.all(patient.map((executor) => executor.submit(basics.nothing)));
      const shutdowns = patient.map((executor) => executor.shutdown());
      await door.waiting(3);
      // The clock of this case: a stop that is cut short.
      const clock = create({
        maxWorkers: 1,
        stopTimeout: 50,
        finalizer: { task: lifecycle.finishNever, args: [other.handle] },
      });
      await clock.submit(basics.nothing);
      await clock.shutdown();
      door.open();
      await Promise.all(shutdowns);
      assert.equal(log.lines().filter((line) => line === 'finalizer').length, 3);
    },
  },
  ...(['finishNever', 'finishSpinning'] as const).map(
    (finalizer): ConformanceCase => ({
      id: `W1-stop-timeout-${finalizer}`,
      rule: 'W1',
      title: `a worker that is not stopped within stopTimeout is killed: ${finalizer}`,
      kinds,
      async run({ create, tasks: { basics, lifecycle }, trace }) {
        const log = trace();
        const hook = { task: lifecycle[finalizer], args: [log.handle] } as const;
        await untilSomethingBegan(log, async (stopTimeout) => {
          const executor = create({ maxWorkers: 2, stopTimeout, finalizer: hook });
          await executor.submit(basics.nothing);
          await executor.shutdown();
        });
        assert.deepEqual(log.lines(), ['finalizer starts']);
      },
    }),
  ),
  {
    id: 'W1-stop-timeout-exit-handler',
    rule: 'W1',
    title: 'a worker that hangs in its exit handlers is killed after stopTimeout',
    kinds,
    async run({ create, tasks: { lifecycle }, trace }) {
      const log = trace();
      await untilSomethingBegan(log, async (stopTimeout) => {
        const executor = create({ maxWorkers: 1, stopTimeout });
        await executor.submit(lifecycle.spinAtExit, log.handle);
        await executor.shutdown();
      });
      assert.deepEqual(log.lines(), ['spinning at exit']);
    },
  },
  {
    id: 'W1-busy-event-loop',
    rule: 'W1',
    title: 'a worker whose event loop is held by what tasks left behind is stopped cleanly all the same',
    kinds,
    async run({ create, tasks: { lifecycle }, trace }) {
      const log = trace();
      const executor = create({
        maxWorkers: 1,
        stopTimeout: 60_000,
        finalizer: { task: lifecycle.finish, args: [log.handle] },
      });
      await executor.submit(lifecycle.holdTheEventLoop);
      await executor.submit(lifecycle.traceExit, log.handle, 'exit');
      await executor.shutdown();
      assert.deepEqual(log.lines(), ['finalizer', 'exit']);
    },
  },
];
