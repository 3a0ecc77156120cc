// Checked by `tsc -p tsconfig.tests.json`, not run: what must compile does, and each @ts-expect-error line must not.
import {
  type Executor,
  type ExecutorStats,
  type Future,
  getDefaultExecutor,
  type Submitter,
  tasksFrom,
} from '@anypool/core';
import { equal } from './equal.js';

interface Work {
  add(a: number, b?: number): Promise<number>;
}

declare const executor: Executor;
const work = tasksFrom<Work>(new URL('file:///work.js'));

export function whatCompiles(): void {
  equal<Submitter>()(executor.limit(2, 'images'));
  equal<Future<number>>()(executor.limit(2).with({ priority: 1 }).submit(work.add, 1));
  equal<Promise<number>>()(executor.scope((group) => group.submit(work.add, 1)));
  equal<Promise<string>>()(executor.scope(async () => 'value', { policy: 'settle' }));
  equal<Promise<void>>()(executor.ready());
  equal<ExecutorStats>()(executor.stats());
  equal<number>()(executor.stats().waitTime.p99);
  equal<Executor>()(getDefaultExecutor());
}

export function whatDoesNot(): void {
  // @ts-expect-error a limit of a view, which has one already
  executor.limit(2).limit(1);
  // @ts-expect-error a number is needed
  executor.limit();
  // @ts-expect-error a body that is no function of a group
  void executor.scope('body');
  // @ts-expect-error a body that is not asynchronous
  void executor.scope(() => 1);
  // @ts-expect-error no such policy
  void executor.scope(async () => {}, { policy: 'some' });
  // @ts-expect-error figures are read only
  executor.stats().queued = 1;
  // @ts-expect-error a group takes tasks, and is not shut down by itself
  void executor.scope(async (group) => group.shutdown());
}
