import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Future, inlineTask, partial } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { busy } from './busy.js';
import { listening } from './listening.js';
import { reasonOf } from './rejection.js';

const kinds = ['thread', 'process'] as const;

const later = inlineTask(async function later(ms: number) {
  await new Promise((resolve) => setTimeout(resolve, ms));
});
const dieSoon = inlineTask(function dieSoon(file: string) {
  process.getBuiltinModule('node:fs').writeFileSync(file, 'begun');
  // The caller, which waits for that, is busy by the time at which this returns.
  for (const end = performance.now() + 50; performance.now() < end; );
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), 5);
  return 'first';
});
const exitSoon = inlineTask(function exitSoon() {
  setTimeout(() => process.exit(1), 5);
});
const notable = inlineTask(async function notable([item, memory]: readonly [number, SharedArrayBuffer | string]) {
  if (typeof memory === 'string') process.getBuiltinModule('node:fs').appendFileSync(memory, `${item}\n`);
  else Atomics.add(new Int32Array(memory), 0, 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  return item;
});

/** Hears nothing until a child is dead, of which its parent has not heard. Where nothing tells, for long enough. */
function busyUntilDead(pid: number): void {
  const folder = `/proc/${pid}`;
  if (!existsSync(folder)) busy(1000);
  const cap = performance.now() + 10_000;
  while (!isDead(folder) && performance.now() < cap);
  // Until the signal is here.
  busy(100);
}

// Its parent is told when its other threads are gone too, which on a machine with other work is later.
function isDead(folder: string): boolean {
  try {
    return readFileSync(`${folder}/stat`, 'utf8').includes(') Z ') && readdirSync(`${folder}/task`).length <= 1;
  } catch {
    return true;
  }
}

/** What happens at the moment at which a call is handed to a worker, or between two calls. */
export const handingOverCases: readonly ConformanceCase[] = [
  {
    id: 'C3-the-next-task-is-spared',
    rule: 'C3',
    title: 'a worker that is ended for a cancelled task whose outcome is on its way is not given the next task',
    kinds,
    requires: ['terminate'],
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1, cancelGrace: 0 });
      for (let round = 0; round < 5; round += 1) {
        await executor.submit(basics.nothing);
        const cancelled = executor.submit(later, 10);
        const next = executor.submit(basics.add, round, 1);
        await new Promise((resolve) => setTimeout(resolve, 2));
        busy(40);
        cancelled.cancel('enough');
        assert.equal(await next, round + 1);
        await cancelled.catch(() => {});
      }
    },
  },
  {
    id: 'W3-dead-before-the-next-task',
    rule: 'W3',
    title: 'a worker that has died while the caller was busy is not given the next task',
    kinds: ['process'],
    async run({ create, folder, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      for (let round = 0; round < 5; round += 1) {
        const { pid } = await executor.submit(basics.place);
        const file = join(folder(), 'begun');
        const first = executor.submit(dieSoon, file);
        const second = executor.submit(basics.add, round, 1);
        while (!existsSync(file)) await new Promise((resolve) => setImmediate(resolve));
        busyUntilDead(pid);
        assert.deepEqual(await Promise.all([first, second]), ['first', round + 1]);
      }
    },
  },
  {
    id: 'C2-told-before-it-was-sent',
    rule: 'C2',
    title:
      'a task that is cancelled in the moment of its start, or right after it, is not called or sees that in its signal',
    kinds,
    async run({ create, tasks: { basics, control }, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY, name: 'C2 moments' });
      for (const moment of ['start', 'right after'] as const) {
        // Of a worker that has not been heard for a while, it is not known whether it is there.
        await executor.submit(basics.nothing);
        busy(20);
        const log = trace();
        const blocker = moment === 'start' ? executor.submit(later, 20) : undefined;
        const future = executor.submit(control.untilAborted, log.handle);
        const listener = listening('anypool:task:start', 'C2 moments', ({ id }) => {
          if (id === future.id) future.cancel('enough');
        });
        if (moment === 'right after') future.cancel('enough');
        await blocker;
        assert.equal(await reasonOf(future), 'enough');
        listener[Symbol.dispose]();
        // It leaves its worker, since it has heard of it: nothing else would end it.
        assert.equal(await executor.submit(basics.add, 1, 2), 3);
        const seen = log.lines().at(-1);
        if (seen !== undefined) assert.deepEqual([JSON.parse(seen).aborted, JSON.parse(seen).cancelled], [true, true]);
      }
    },
  },
  {
    id: 'M5-left-before-it-was-sent',
    rule: 'M5',
    title: 'of a chunk whose map is left as it is handed over, what has not begun does not begin',
    kinds,
    async run({ create, tasks: { basics }, capabilities, folder }) {
      const executor = create({ maxWorkers: 1 });
      await executor.submit(notable, [0, capabilities.sharedMemory ? new SharedArrayBuffer(4) : `${folder()}/warm`]);
      const memory = capabilities.sharedMemory ? new SharedArrayBuffer(4) : `${folder()}/begun`;
      busy(20);
      const results = executor.map(
        notable,
        Array.from({ length: 10 }, (_, n) => [n, memory] as const),
        { chunkSize: 10 },
      );
      const first = results.next();
      await results.return?.();
      await first;
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.ok((await begun(memory)) <= 2, String(await begun(memory)));
    },
  },
  {
    id: 'O2-submitted-at-the-end-of-a-worker',
    rule: 'O2',
    title: 'a task that is submitted by who hears of a worker’s end runs in another one',
    kinds,
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1, name: 'O2 ends' });
      let submitted: Future<number> | undefined;
      const heard = new Promise<void>((resolve) => {
        const listener = listening('anypool:worker:exit', 'O2 ends', () => {
          listener[Symbol.dispose]();
          submitted = executor.submit(basics.add, 1, 2);
          resolve();
        });
      });
      await executor.submit(exitSoon);
      await heard;
      assert.equal(await submitted, 3);
    },
  },
  {
    id: 'M4-aborted-with-the-last-item',
    rule: 'M4',
    title: 'a map that is aborted as its last item ends, while its input has no other, ends for all who wait',
    kinds,
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1, name: 'M4 aborted' });
      const controller = new AbortController();
      async function* input() {
        yield 'only';
        await new Promise(() => {});
      }
      const listener = listening('anypool:task:end', 'M4 aborted', () => controller.abort('enough'));
      const results = executor.map(basics.echo, input(), { signal: controller.signal });
      const [first, second] = [results.next(), results.next()];
      assert.deepEqual(await first, { done: false, value: 'only' });
      assert.equal(await reasonOf(second), 'enough');
      listener[Symbol.dispose]();
    },
  },
  {
    id: 'M4-left-after-it-was-put-back',
    rule: 'M4',
    title: 'an item that waits again, as its worker died before it began it, does not start once the loop is left',
    kinds,
    async run({ create, tasks: { basics, lifecycle }, gate, trace }) {
      for (const chunkSize of [1, 2]) {
        const executor = create({ maxWorkers: 1, name: `M4 put back ${chunkSize}` });
        const [door, log, ran] = [await gate(), trace(), trace()];
        await executor.submit(lifecycle.exitSlowlyAfter, door.handle, log.handle);
        await log.until(1);
        const task = partial(basics.leaveTrace, ran.handle);
        const results = executor.map(task, ['first', 'second', 'third'], { chunkSize, buffer: chunkSize });
        // Who hears of the worker's end hears of it before there is another one.
        const listener = listening('anypool:worker:exit', executor.name, () => void results.return?.());
        const next = results.next();
        door.open();
        assert.equal((await next).done, true);
        listener[Symbol.dispose]();
        assert.equal(await executor.submit(basics.add, 1, 2), 3);
        assert.deepEqual(ran.lines(), []);
      }
    },
  },
  {
    id: 'Q2-ready-holds-the-process',
    rule: 'Q2',
    title: 'the process does not end while ready() waits for a cancelled task to leave its worker',
    kinds,
    requires: ['terminate'],
    async run({ script }) {
      const { stdout, exitCode } = await script(`
        const executor = createExecutor({ maxWorkers: 1, maxQueue: 0, cancelGrace: 300 });
        const stubborn = core.inlineTask(() => new Promise((resolve) => setTimeout(resolve, 60_000)));
        await executor.submit(tasks.basics.nothing);
        executor.with({ timeout: 50 }).submit(stubborn).catch((error) => console.log(error.name));
        await executor.ready();
        console.log(await executor.submit(tasks.basics.add, 1, 2));
        await executor.shutdown();
      `);
      assert.deepEqual({ stdout, exitCode }, { stdout: 'TimeoutError\n3\n', exitCode: 0 });
    },
  },
];

async function begun(memory: SharedArrayBuffer | string): Promise<number> {
  if (typeof memory !== 'string') return Atomics.load(new Int32Array(memory), 0);
  const { readFile } = await import('node:fs/promises');
  return (await readFile(memory, 'utf8').catch(() => '')).split('\n').length - 1;
}
