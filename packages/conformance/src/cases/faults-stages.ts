import assert from 'node:assert/strict';
import { type Executor, type ExecutorOptions, type Future, type Task, tasksFrom } from '@anypool/core';
import type { CaseContext } from '../case.js';
import type { Gate } from '../gate.js';
import type { Trace } from '../trace.js';
import type { WorkerMark } from './worker-watch.js';

/** Two workers that have come to the same stage of their lives and wait there at the gate. */
export interface Staged {
  readonly executor: Executor;
  readonly gate: Gate;
  readonly workers: readonly WorkerMark[];
  /** The two tasks that brought them there, where a task did. */
  readonly subjects: readonly Future<unknown>[];
}

/** A stage of a worker's life. */
export interface Stage {
  /** As in a case's id. */
  readonly name: string;
  /** What the worker is doing, in words. */
  readonly title: string;
  /** Whether the worker has a task then, which dies with it. */
  readonly hasTask: boolean;
  /** Whether the tasks that wait do so for a worker that is still to come up. */
  readonly isUp: boolean;
  enter(context: CaseContext): Promise<Staged>;
}

interface Scene {
  readonly context: CaseContext;
  readonly gate: Gate;
  readonly log: Trace;
}

type Options = Omit<ExecutorOptions, 'kind'>;

const size = 2;

function stage(
  description: Omit<Stage, 'enter'>,
  options: (scene: Scene) => Options,
  subjects: (executor: Executor, scene: Scene) => Promise<Future<unknown>[]> | Future<unknown>[],
): Stage {
  return {
    ...description,
    async enter(context) {
      const scene = { context, gate: await context.gate(), log: context.trace() };
      const executor = context.create({ maxWorkers: size, stopTimeout: 60_000, ...options(scene) });
      const futures = await subjects(executor, scene);
      const workers = await scene.log.until(size);
      assert.equal(new Set(workers).size, size);
      return { executor, gate: scene.gate, workers, subjects: futures };
    },
  };
}

function pair(submit: () => Future<unknown>): Future<unknown>[] {
  return Array.from({ length: size }, submit);
}

/** Leaves the marks of both workers in the trace, which are then idle. */
async function visitBoth(executor: Executor, { context, log }: Scene): Promise<void> {
  const meeting = await context.gate();
  const visits = pair(() => executor.submit(context.tasks.faults.markAndWait, log.handle, meeting.handle));
  await meeting.waiting(size);
  meeting.open();
  await Promise.all(visits);
}

/** A module that comes so far when it is imported: by a task, or by Node before anything else. */
function markingModule({ context: { tasks }, gate, log }: Scene): string {
  const { module } = tasks.faults.markAndWait;
  const handles = [log.handle, gate.handle].map((handle) => JSON.stringify(handle)).join(', ');
  return `data:text/javascript,${encodeURIComponent(
    `import { markAndWait } from ${JSON.stringify(module)};\nawait markAndWait(${handles});\nexport const task = () => 'ran';`,
  )}`;
}

const none = (): Options => ({});

/** The stages of a worker's life, in order. */
export const stages: readonly Stage[] = [
  stage(
    { name: 'starting', title: 'a worker is starting', hasTask: false, isUp: false },
    (scene) => ({ execArgv: ['--import', markingModule(scene)] }),
    (executor, { context: { tasks } }) => pair(() => executor.submit(tasks.basics.add, 1, 1)),
  ),
  stage(
    { name: 'initializing', title: 'a worker runs its initializer', hasTask: false, isUp: false },
    ({ context: { tasks }, gate, log }) => ({
      initializer: { task: tasks.faults.markAndWait, args: [log.handle, gate.handle] },
    }),
    (executor, { context: { tasks } }) => pair(() => executor.submit(tasks.basics.add, 1, 1)),
  ),
  stage({ name: 'idle', title: 'a worker is idle', hasTask: false, isUp: true }, none, async (executor, scene) => {
    await visitBoth(executor, scene);
    return [];
  }),
  stage(
    { name: 'importing', title: 'a worker imports a task module', hasTask: true, isUp: true },
    none,
    (executor, scene) => {
      const task: Task<[], string> = tasksFrom<{ task(): string }>(markingModule(scene)).task;
      return pair(() => executor.submit(task));
    },
  ),
  stage(
    { name: 'running', title: 'a worker runs a task', hasTask: true, isUp: true },
    none,
    (executor, { context: { tasks }, gate, log }) =>
      pair(() => executor.submit(tasks.faults.markAndWait, log.handle, gate.handle)),
  ),
  stage(
    { name: 'blocked', title: 'a worker runs a task that never yields', hasTask: true, isUp: true },
    none,
    (executor, { context: { tasks }, gate, log }) =>
      pair(() => executor.submit(tasks.faults.markAndWaitSync, log.handle, gate.handle)),
  ),
  stage(
    { name: 'finishing', title: 'a worker reads the result of its task', hasTask: true, isUp: true },
    none,
    (executor, { context: { tasks }, gate, log }) =>
      pair(() => executor.submit(tasks.faults.markWhenRead, log.handle, gate.handle)),
  ),
  stage(
    { name: 'stopping', title: 'a worker that was idle for too long runs its finalizer', hasTask: false, isUp: false },
    ({ context: { tasks }, gate, log }) => ({
      idleTimeout: 20,
      finalizer: { task: tasks.faults.markAndWait, args: [log.handle, gate.handle] },
    }),
    async (executor, { context }) => {
      const meeting = await context.gate();
      const visits = pair(() => executor.submit(context.tasks.basics.waitAt, meeting.handle));
      await meeting.waiting(size);
      meeting.open();
      await Promise.all(visits);
      return [];
    },
  ),
  stage(
    {
      name: 'exiting',
      title: 'a worker that was idle for too long runs its exit handlers',
      hasTask: false,
      isUp: false,
    },
    () => ({ idleTimeout: 20 }),
    async (executor, { context, gate, log }) => {
      const meeting = await context.gate();
      const visits = pair(() =>
        executor.submit(context.tasks.faults.markAtExit, log.handle, gate.handle, meeting.handle),
      );
      await meeting.waiting(size);
      meeting.open();
      await Promise.all(visits);
      return [];
    },
  ),
];
