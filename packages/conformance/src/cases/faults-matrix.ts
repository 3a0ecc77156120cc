import assert from 'node:assert/strict';
import type { Executor, Future } from '@anypool/core';
import type { CaseContext, ConformanceCase } from '../case.js';
import { type Stage, type Staged, stages } from './faults-stages.js';
import { fullCapacity } from './full-capacity.js';
import { WorkerWatch } from './worker-watch.js';

/** What befalls a worker, or its executor. */
type Blow = 'killed' | 'shutdown' | 'cancel-pending' | 'terminate';

const closings: Readonly<Record<Exclude<Blow, 'killed'>, (executor: Executor) => Promise<void>>> = {
  shutdown: (executor) => executor.shutdown(),
  'cancel-pending': (executor) => executor.shutdown({ cancelPending: true }),
  terminate: (executor) => executor.terminate(),
};

/** What happens while a worker is at a stage: a death, an end of the executor, or both, in either order. */
const blows: readonly (readonly Blow[])[] = [
  ['killed'],
  ['shutdown'],
  ['cancel-pending'],
  ['terminate'],
  ['killed', 'shutdown'],
  ['shutdown', 'killed'],
  ['killed', 'cancel-pending'],
  ['cancel-pending', 'killed'],
  ['killed', 'terminate'],
  ['terminate', 'killed'],
];

const words: Readonly<Record<Blow, string>> = {
  killed: 'it is killed',
  shutdown: 'shutdown() comes',
  'cancel-pending': 'shutdown({ cancelPending }) comes',
  terminate: 'terminate() comes',
};

/** S4, and W2, W3 and X1 to X4 with it: at each stage of a worker's life, whatever comes. */
export const faultMatrixCases: readonly ConformanceCase[] = stages.flatMap((stage) =>
  blows.map(
    (sequence): ConformanceCase => ({
      id: `S4-${sequence[0]}-while-${stage.name}${sequence[1] === undefined ? '' : `-then-${sequence[1]}`}`,
      rule: 'S4',
      title: `every Future settles where ${stage.title} and ${sequence.map((blow) => words[blow]).join(', then ')}`,
      kinds: ['thread', 'process'],
      requires: ['terminate', 'isolation'],
      run: (context) => strike(stage, sequence, context),
    }),
  ),
);

async function strike(stage: Stage, sequence: readonly Blow[], context: CaseContext): Promise<void> {
  using watch = new WorkerWatch();
  const staged = await stage.enter(context);
  const { executor, gate, workers } = staged;
  const victim = workers[0] ?? '';
  const queued = [1, 2, 3, 4].map((n) => executor.submit(context.tasks.basics.add, n, n));
  const settled = endsOf([...staged.subjects, ...queued]);
  const closed: Promise<void>[] = [];
  for (const blow of sequence) {
    if (blow === 'killed') watch.kill(victim);
    else closed.push(closings[blow](executor));
  }
  if (sequence.includes('killed')) await watch.gone(victim);
  // The survivor goes on only now, so that what is said of the victim's task holds.
  gate.open();
  check(stage, sequence, staged, await settled);
  if (closed.length === 0) {
    await fullCapacity(executor, context);
    closed.push(executor.shutdown());
  }
  await Promise.all(closed);
  assert.equal(executor.state, 'closed');
  assert.deepEqual(
    workers.filter((mark) => watch.isThere(mark)),
    [],
  );
}

async function endsOf(futures: readonly Future<unknown>[]): Promise<string[]> {
  const ends = await Promise.allSettled(futures);
  return ends.map((end) => (end.status === 'fulfilled' ? 'fulfilled' : String(Object(end.reason).code)));
}

/** The victim's task, where it had one, is lost and no other; an end of the executor does with the rest what it says. */
function check(stage: Stage, sequence: readonly Blow[], { subjects }: Staged, ends: readonly string[]): void {
  const count = (end: string) => ends.filter((one) => one === end).length;
  const crashes = count('ERR_WORKER_CRASHED');
  const isKilled = sequence.includes('killed');
  if (sequence.includes('terminate')) {
    assert.equal(count('ERR_EXECUTOR_SHUTDOWN') + crashes, ends.length, ends.join());
    assert.ok(crashes <= (isKilled ? 1 : 0), ends.join());
    return;
  }
  // A process that is dead, and not yet heard of, can be given a call: there is no proof that it did not begin it (W3a).
  if (isKilled && stage.name === 'idle') assert.ok(crashes <= 1, ends.join());
  else assert.equal(crashes, isKilled && stage.hasTask ? 1 : 0, ends.join());
  if (!sequence.includes('cancel-pending')) assert.equal(count('fulfilled') + crashes, ends.length, ends.join());
  else {
    assert.equal(count('fulfilled') + count('ERR_CANCELLED') + crashes, ends.length, ends.join());
    const begun = ends.slice(0, subjects.length);
    if (stage.hasTask) assert.ok(!begun.includes('ERR_CANCELLED'), ends.join());
    if (stage.isUp && stage.hasTask) assert.equal(count('ERR_CANCELLED'), ends.length - subjects.length, ends.join());
    if (!stage.isUp) assert.equal(count('ERR_CANCELLED'), ends.length, ends.join());
  }
}
