import { defaultMaxWorkers } from './cpu-count.js';
import { Job, type JobOwner } from './engine/job.js';
import { leaseKey, lessorKey } from './engine/lease.js';
import * as validate from './engine/validate.js';
import { WorkerStartError } from './errors.js';
import type { Executor, Submitter } from './executor.js';
import type { Future } from './future.js';
import { globalOnce } from './global-registry.js';
import { inlineExecutor } from './inline.js';
import type { AnyTask, SingleResultTask, TaskArgs, TaskResult } from './tasks.js';
import { isInsideInline } from './worker/task-context.js';
import { isInsideWorker } from './worker/worker-state.js';

/** Makes the default executor; `spec` is what `ANYPOOL_BACKEND` says, if it is set. */
export type DefaultExecutorFactory = (spec: string | undefined) => Executor;

interface Registry {
  factory: DefaultExecutorFactory | undefined;
  current: Executor | undefined;
  /** Whether `current` has an owner, who set it, or was made here at first use. */
  owned: boolean;
  /** What tasks use that run in a worker, or inline. */
  nested?: Executor | undefined;
  /** Those that are on their way out, and their ends. */
  readonly draining: Map<Executor, Promise<void>>;
}

// One for all copies of this package in the process: two pools would share nothing (D1).
const registry: Registry = globalOnce('anypool.default-executor/v1', () => ({
  factory: undefined,
  current: undefined,
  owned: false,
  draining: new Map<Executor, Promise<void>>(),
}));

/** Says how the default executor is made. For the package that brings the default pool; the first one counts. */
export function provideDefaultExecutor(factory: DefaultExecutorFactory): void {
  registry.factory ??= factory;
}

/**
 * A lease of the executor that `run()` and `runInExecutor(null, ...)` use: one in the process, made at first use, with
 * {@link defaultMaxWorkers} threads. The environment variable `ANYPOOL_BACKEND` chooses its backend. Inside a worker of an executor, and
 * inside a task of an inline one, it is an inline one that has room for any number of tasks.
 *
 * Each call gives a lease of its own, and nobody's lease ends the executor that the others share: `shutdown()` waits for the tasks that
 * were submitted through the lease and refuses further ones on it, `terminate()` cancels those tasks without grace.
 *
 * Throws `WorkerStartError` if there is none to be made: with `@anypool/core` alone and none set, or with an adapter that is not installed;
 * and a RangeError if `ANYPOOL_BACKEND` names none that there is.
 */
export function getDefaultExecutor(): Executor {
  const shared: Executor & { [leaseKey]?(): Executor } = sharedExecutor();
  // One that is not made of a backend, which only its owner can have set, knows no leases.
  return shared[leaseKey]?.() ?? shared;
}

function sharedExecutor(): Executor {
  if (isInsideInline()) return nestedExecutor();
  const { current } = registry;
  // One that somebody shut down is replaced, unless it has an owner, who will have had a reason.
  if (current !== undefined && (registry.owned || current.state === 'running')) return current;
  const made = makeDefault();
  registry.current = made;
  registry.owned = false;
  return made;
}

function makeDefault(): Executor {
  if (isInsideWorker()) return nestedExecutor();
  const spec = process.env['ANYPOOL_BACKEND'] || undefined;
  if (spec === 'inline') return inlineExecutor({ name: 'default:inline', maxWorkers: defaultMaxWorkers() });
  if (registry.factory !== undefined) return registry.factory(spec);
  throw new WorkerStartError(
    "There is no default executor: @anypool/core brings no pool of its own. Import 'anypool' once, which does, or call setDefaultExecutor().",
  );
}

/** Threads of a worker's own would multiply, and a task that waited for a place among those of its like could wait for itself (D7). */
function nestedExecutor(): Executor {
  if (registry.nested?.state !== 'running')
    registry.nested = inlineExecutor({ name: 'default:inline', maxWorkers: Number.POSITIVE_INFINITY });
  return registry.nested;
}

/**
 * Makes `executor` the default one for the calls that follow, and returns the one before to its owner, not shut down. One that was
 * made at first use has no owner: it finishes its tasks and closes by itself, and undefined is returned. Throws a TypeError for what is no
 * executor.
 */
export function setDefaultExecutor(executor: Executor): Executor | undefined {
  if (!validate.isExecutor(executor))
    throw new TypeError(`setDefaultExecutor: executor must be an executor, got ${validate.shown(executor)}.`);
  const { current, owned } = registry;
  // A lease of the executor that is there says that this one is to stay; a lease itself would be over with its tasks.
  const lessor: Executor & { [lessorKey]?: Executor | undefined } = executor;
  const next = lessor[lessorKey] ?? executor;
  registry.current = next;
  // What was made here belongs to nobody who can only have a lease of it.
  registry.owned = owned || current !== next;
  if (owned) return current;
  if (current !== undefined && current !== next) void drain(current, {});
  return undefined;
}

/**
 * Drains and closes the default executor, if there is one; a later use makes a fresh one. After `timeout` ms it is terminated. Rejects with
 * TypeError or RangeError for bad options.
 */
export async function shutdownDefaultExecutor(options: { readonly timeout?: number | undefined } = {}): Promise<void> {
  validate.checkOptions('shutdownDefaultExecutor', options, { timeout: validate.duration });
  const { current, nested, draining } = registry;
  if (isInsideInline()) {
    // It is all there is of it here: the other one may be what runs this task, and would wait for it.
    registry.nested = undefined;
    if (nested !== undefined) await drain(nested, options);
    return;
  }
  registry.current = undefined;
  registry.owned = false;
  // Those under way as well: a stricter call takes effect on them (X5).
  for (const executor of [...draining.keys(), ...(current === undefined ? [] : [current])])
    void drain(executor, options);
  await Promise.all(draining.values());
}

function drain(executor: Executor, options: { readonly timeout?: number | undefined }): Promise<void> {
  const closed = executor.shutdown(options).finally(() => registry.draining.delete(executor));
  registry.draining.set(executor, closed);
  return closed;
}

// A view is as good here as an executor.
function canSubmit(value: unknown): value is Submitter {
  return typeof value === 'object' && value !== null && 'submit' in value && typeof value.submit === 'function';
}

/**
 * Runs a task in the executor, or with `null` in the default one, as Python's `loop.run_in_executor` does. Never throws: every
 * failure arrives as a rejection.
 *
 * @example
 * ```ts
 * const hash = await runInExecutor(null, files.sha256, '/etc/hosts');
 * ```
 */
export function runInExecutor<T extends AnyTask>(
  executor: Executor | null,
  task: SingleResultTask<T>,
  ...args: TaskArgs<T>
): Future<TaskResult<T>> {
  try {
    if (executor !== null && !canSubmit(executor)) {
      throw new TypeError(
        `runInExecutor: the first argument must be an executor or null, got ${validate.shown(executor)}.`,
      );
    }
    return (executor ?? sharedExecutor()).submit<T>(task, ...args);
  } catch (error) {
    return failed(task, error) as Future<TaskResult<T>>;
  }
}

/** Runs a task in the default executor: `runInExecutor(null, task, ...args)`. */
export function run<T extends AnyTask>(task: SingleResultTask<T>, ...args: TaskArgs<T>): Future<TaskResult<T>> {
  return runInExecutor<T>(null, task, ...args);
}

const nobody: JobOwner = { cancelJob: () => false, look() {}, jobStarted() {}, jobSettled() {}, jobLeft() {} };

function failed(task: AnyTask, error: unknown): Future<unknown> {
  const none = Number.POSITIVE_INFINITY;
  const job = new Job(nobody, 0, task, [], {
    signals: [],
    timeout: none,
    runTimeout: none,
    priority: 0,
    cancelGrace: none,
    groups: [],
    highWaterMark: 1,
  });
  job.fail(error);
  return job.future;
}
