import assert from 'node:assert/strict';
import type { Executor, Future } from '@anypool/core';
import type { CaseContext, ConformanceCase } from '../case.js';
import { fullCapacity } from './full-capacity.js';
import { inventoryText } from './inventory.js';
import { childEnd } from './process-end.js';
import { reasonOf } from './rejection.js';
import { WorkerWatch } from './worker-watch.js';

const kinds = ['thread', 'process'] as const;

const closings: Readonly<Record<string, (executor: Executor) => Promise<void>>> = {
  shutdown: (executor) => executor.shutdown(),
  'cancel-pending': (executor) => executor.shutdown({ cancelPending: true }),
  terminate: (executor) => executor.terminate(),
};

async function codesOf(futures: readonly Future<unknown>[]): Promise<string[]> {
  const ends = await Promise.allSettled(futures);
  return ends.map((end) => (end.status === 'fulfilled' ? 'fulfilled' : String(Object(end.reason).code)));
}

/** The pid of a worker that has left its mark. */
function pidOf(mark: string | undefined): number {
  return Number(mark?.split('/')[0]);
}

export const singleFaultCases: readonly ConformanceCase[] = [
  ...Object.entries(closings).map(
    ([name, close]): ConformanceCase => ({
      id: `S4-death-in-the-initializer-then-${name}`,
      rule: 'S4',
      title: `every Future settles where each worker dies in its initializer and ${name} comes after the first`,
      kinds,
      requires: ['isolation'],
      async run({ create, tasks: { basics, faults }, trace }) {
        const log = trace();
        const executor = create({ maxWorkers: 2, initializer: { task: faults.dieAtStart, args: [log.handle] } });
        const futures = [1, 2, 3, 4].map((n) => executor.submit(basics.add, n, n));
        const settled = codesOf(futures);
        await log.until(1);
        await close(executor);
        const expected = { shutdown: 'START', 'cancel-pending': 'CANCELLED', terminate: 'SHUTDOWN' }[name] ?? '';
        for (const code of await settled) assert.match(code, new RegExp(expected));
        assert.equal(executor.state, 'closed');
      },
    }),
  ),
  ...[1, 100_000, 5_000_000].flatMap((bytes) =>
    [...Object.keys(closings), 'nothing-else'].map(
      (name): ConformanceCase => ({
        id: `S4-death-after-a-result-of-${bytes}-then-${name}`,
        rule: 'S4',
        title: `a worker that dies just after it posted a result of ${bytes} bytes costs no other task; then ${name}`,
        kinds,
        requires: ['isolation'],
        async run(context) {
          const { create, tasks, gate, trace } = context;
          using watch = new WorkerWatch();
          const executor = create({ maxWorkers: 2 });
          const [door, log] = [await gate(), trace()];
          const value = new Uint8Array(bytes);
          const dying = [1, 2].map(() => executor.submit(tasks.faults.returnAndDieAt, log.handle, door.handle, value));
          await door.waiting(2);
          const queued = [1, 2, 3, 4].map((n) => executor.submit(tasks.basics.add, n, n));
          const settled = Promise.all([codesOf(dying), codesOf(queued)]);
          const first = Promise.race(dying).catch(() => {});
          const close = closings[name];
          door.open();
          if (close !== undefined) {
            await first;
            await close(executor);
          }
          const [deaths, others] = await settled;
          // A small result is in the pipe, whole, when its worker dies; of a large one only a part may be.
          const cut = bytes > 1000 ? '|ERR_WORKER_CRASHED' : '';
          const ended = name === 'terminate' ? '|ERR_EXECUTOR_SHUTDOWN' : '';
          for (const code of deaths) assert.match(code, new RegExp(`^(fulfilled${cut}${ended})$`));
          const dropped = { terminate: '|ERR_EXECUTOR_SHUTDOWN', 'cancel-pending': '|ERR_CANCELLED' }[name] ?? '';
          // One that was handed over to a process as it died cannot be proven not to have begun (W3a).
          for (const code of others) assert.match(code, new RegExp(`^(fulfilled${dropped}|ERR_WORKER_CRASHED)$`));
          for (const mark of log.lines()) await watch.gone(mark);
          if (close === undefined) await fullCapacity(executor, context);
        },
      }),
    ),
  ),
  ...(['cancel', 'terminate', 'stop'] as const).map(
    (way): ConformanceCase => ({
      id: `S4-signals-are-ignored-${way}`,
      rule: 'S4',
      title: `a process that ignores SIGTERM ends all the same: ${way}`,
      kinds: ['process'],
      requires: ['terminate'],
      async run(context) {
        const { create, tasks, trace } = context;
        const log = trace();
        const executor = create({ maxWorkers: 1, cancelGrace: 20 });
        await executor.submit(tasks.faults.ignoreSignalsFromNowOn);
        if (way === 'stop') {
          const { pid } = await executor.submit(tasks.basics.place);
          await executor.shutdown();
          await childEnd(pid);
          return;
        }
        const deaf = executor.submit(tasks.faults.ignoreSignals, log.handle);
        const queued = executor.submit(tasks.basics.add, 1, 2);
        const settled = codesOf([deaf, queued]);
        const [mark] = await log.until(1);
        if (way === 'cancel') {
          deaf.cancel();
          assert.deepEqual(await settled, ['ERR_CANCELLED', 'fulfilled']);
          await fullCapacity(executor, context);
        } else {
          await executor.terminate();
          assert.deepEqual(await settled, ['ERR_EXECUTOR_SHUTDOWN', 'ERR_EXECUTOR_SHUTDOWN']);
        }
        await childEnd(pidOf(mark));
      },
    }),
  ),
  {
    id: 'S4-a-thousand-cancels',
    rule: 'S4',
    title: 'of 10,000 tasks of which 1,000 are cancelled at random moments, each settles, and no slot is lost',
    cap: 60_000,
    run: cancelAtRandom,
  },
  {
    id: 'W10-a-hundred-megabytes',
    rule: 'W10',
    title: 'a worker that prints 100 MB prints them whole, and its task ends',
    kinds,
    cap: 60_000,
    async run({ script }) {
      const { stdout, exitCode } = await script(`
        const executor = createExecutor({ maxWorkers: 1 });
        const future = executor.submit(tasks.faults.printMegabytes, 100);
        await Promise.all([future, executor.submit(tasks.basics.nothing)]);
        await executor.shutdown();
        console.log(future.state);
      `);
      assert.equal(exitCode, 0);
      assert.equal(stdout.length, 100_000_000 + 'fulfilled\n'.length);
      // Where it stands is not said: a worker that prints for longer than it is waited for replies before all is out.
      assert.ok(stdout.includes('fulfilled\n'));
    },
  },
  {
    id: 'S4-terminate-while-printing',
    rule: 'S4',
    title: 'terminate() ends a worker in the middle of 100 MB of output, which nobody reads',
    kinds,
    requires: ['terminate'],
    async run({ script }) {
      const { stdout, exitCode } = await script(`
        const executor = createExecutor({ maxWorkers: 1 });
        // As if stdout were a pipe that is full.
        process.stdout.write = () => false;
        const future = executor.submit(tasks.faults.printMegabytes, 100);
        const queued = executor.submit(tasks.basics.nothing);
        const settled = Promise.allSettled([future, queued]);
        while (future.state !== 'running') await new Promise((resolve) => setTimeout(resolve, 1));
        await executor.terminate();
        delete process.stdout.write;
        console.log((await settled).map(({ reason }) => reason.code).join(), executor.state);
      `);
      assert.equal(exitCode, 0);
      const end = 'ERR_EXECUTOR_SHUTDOWN';
      assert.equal(stdout, `${end},${end} closed\n`);
    },
  },
  {
    id: 'X7-nothing-is-left-after-deaths',
    rule: 'X7',
    title: 'workers that died at every stage of their lives leave nothing behind',
    kinds,
    requires: ['isolation', 'terminate'],
    async run({ script }) {
      const { stdout, exitCode } = await script(`
        ${inventoryText}
        const before = inventory();
        const ends = async (...futures) => void await Promise.allSettled(futures);
        const trace = { file: 'trace' };
        const { faults, basics, lifecycle } = tasks;
        const dying = createExecutor({ maxWorkers: 2, initializer: { task: faults.dieAtStart, args: [trace] } });
        await ends(dying.submit(basics.nothing), dying.submit(basics.nothing));
        const exiting = core.tasksFrom('data:text/javascript,process.exit(9)').task;
        for (let round = 0; round < 3; round += 1) {
          const executor = createExecutor({ maxWorkers: 2, finalizer: { task: lifecycle.exitWhileFinishing, args: [trace] } });
          await ends(executor.submit(exiting), executor.submit(faults.returnAndDie, 1), executor.submit(lifecycle.exitWith, 3));
          await ends(...Array.from({ length: 10 }, () => executor.submit(faults.returnAndDie, new Uint8Array(100_000))));
          const last = ends(executor.submit(faults.returnAndDie, 1), executor.submit(basics.nothing));
          await (round === 0 ? executor.shutdown() : executor.terminate());
          await last;
        }
        await dying.shutdown();
        console.log(await unchanged(before));
      `);
      assert.deepEqual({ stdout, exitCode }, { stdout: 'nothing is left\n', exitCode: 0 });
    },
  },
];

/** Numbers from 0 to 1 that are the same at each run. */
function generator(): () => number {
  let state = 20_260_801;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

async function cancelAtRandom(context: CaseContext): Promise<void> {
  const { capabilities, create, tasks } = context;
  const random = generator();
  const executor = create({ maxWorkers: 2, ...(capabilities.terminate && { cancelGrace: 5 }) });
  const [total, cancels] = [10_000, 1000];
  const futures = Array.from({ length: total }, (_, i) =>
    executor
      .with({ priority: Math.floor(random() * 3) })
      .submit(i % 10 === 0 ? tasks.basics.addLater : tasks.basics.add, i, 1),
  );
  const settled = Promise.allSettled(futures);
  const cancelled = new Set<number>();
  for (let i = 0; i < cancels; i += 1) {
    const victim = Math.floor(random() * total);
    if (futures[victim]?.cancel(victim) === true) cancelled.add(victim);
    if (i % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(cancelled.size > cancels / 4, `only ${cancelled.size} came in time`);
  for (const [i, end] of (await settled).entries()) {
    if (cancelled.has(i)) assert.deepEqual(end, { status: 'rejected', reason: i });
    else assert.deepEqual(end, { status: 'fulfilled', value: i + 1 });
  }
  assert.equal(
    await reasonOf(executor.submit(tasks.control.failWith, 'still there')).then(String),
    'Error: still there',
  );
  await fullCapacity(executor, context);
}
