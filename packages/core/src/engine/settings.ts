import type { ResourceLimits } from 'node:worker_threads';
import type { Backend, CallTarget } from '../backend-types.js';
import { usableCpus } from '../cpu-count.js';
import { UnsupportedOptionError } from '../errors.js';
import type { SubmitOptions, WorkerKind } from '../executor.js';
import type { ErrorClass, ExecutorOptions, WorkerHook } from '../options.js';
import { boundArguments } from '../tasks.js';
import { inheritedExecArgv } from './exec-argv.js';
import * as validate from './validate.js';

/** An executor's options, checked and with every default filled in. */
export interface Settings {
  readonly name: string;
  readonly maxWorkers: number;
  readonly minWorkers: number;
  readonly idleTimeout: number;
  readonly maxQueue: number;
  readonly cancelGrace: number;
  readonly stopTimeout: number;
  readonly startTimeout: number;
  readonly maxTasksPerWorker: number;
  readonly starvationThreshold: number;
  readonly errors: ReadonlyMap<string, ErrorClass>;
  readonly initializer: CallTarget | undefined;
  readonly finalizer: CallTarget | undefined;
  readonly env: Readonly<Record<string, string>> | undefined;
  readonly argv: readonly string[] | undefined;
  readonly execArgv: readonly string[] | undefined;
  readonly resourceLimits: ResourceLimits | undefined;
}

const executorChecks: Readonly<Record<keyof ExecutorOptions, validate.Check>> = {
  kind: validate.text,
  name: validate.text,
  maxWorkers: validate.positiveInteger,
  minWorkers: validate.nonNegativeInteger,
  idleTimeout: validate.duration,
  maxQueue: validate.nonNegativeIntegerOrInfinity,
  initializer: validate.hook,
  finalizer: validate.hook,
  cancelGrace: validate.duration,
  stopTimeout: validate.duration,
  startTimeout: validate.duration,
  starvationThreshold: validate.duration,
  errors: validate.errorClasses,
  env: validate.record,
  argv: validate.textList,
  execArgv: validate.textList,
  workerEntry: validate.location,
  maxTasksPerWorker: validate.positiveIntegerOrInfinity,
  resourceLimits: validate.record,
};

// Node takes what it does not know as not given, and aborts the whole process for a heap of nothing.
const resourceChecks: Readonly<Record<keyof ResourceLimits, validate.Check>> = {
  maxYoungGenerationSizeMb: validate.positiveNumber,
  maxOldGenerationSizeMb: validate.positiveNumber,
  codeRangeSizeMb: validate.positiveNumber,
  stackSizeMb: validate.positiveNumber,
};

const submitChecks: Readonly<Record<keyof SubmitOptions, validate.Check>> = {
  signal: validate.signal,
  timeout: validate.duration,
  runTimeout: validate.duration,
  priority: validate.finiteNumber,
  cancelGrace: validate.duration,
  highWaterMark: validate.positiveInteger,
};

/** Checks the options and fills in the defaults. Throws TypeError, RangeError or `UnsupportedOptionError`. */
export function settle(backend: Backend, options: ExecutorOptions<WorkerKind>): Settings {
  const where = `${backend.name}: createExecutor`;
  // Inline workers are no threads: the executor that is the default one inside a worker may have any number of them.
  const unlimited =
    backend.kind === 'inline' ? { ...executorChecks, maxWorkers: validate.positiveIntegerOrInfinity } : executorChecks;
  validate.checkOptions(where, options, unlimited);
  if (options.kind !== undefined) checkKind(backend.name, options.kind, [backend.kind]);
  refuseUnsupported(where, backend, options);
  validate.checkOptions(`${where}: resourceLimits`, options.resourceLimits ?? {}, resourceChecks);
  const maxWorkers = options.maxWorkers ?? usableCpus();
  const minWorkers = options.minWorkers ?? 0;
  if (minWorkers > maxWorkers) {
    throw new RangeError(`${where}: minWorkers must be at most maxWorkers (${maxWorkers}), got ${minWorkers}.`);
  }
  return {
    name: options.name ?? `${backend.name}:${backend.kind}`,
    maxWorkers,
    minWorkers,
    idleTimeout: options.idleTimeout ?? 10_000,
    maxQueue: options.maxQueue ?? Number.POSITIVE_INFINITY,
    cancelGrace: options.cancelGrace ?? 1000,
    stopTimeout: options.stopTimeout ?? 1000,
    startTimeout: options.startTimeout ?? 30_000,
    maxTasksPerWorker: options.maxTasksPerWorker ?? Number.POSITIVE_INFINITY,
    starvationThreshold: options.starvationThreshold ?? 1000,
    errors: new Map((options.errors ?? []).map((type) => [type.name, type])),
    initializer: target(options.initializer),
    finalizer: target(options.finalizer),
    // Copied now: what the caller changes later is no business of workers started then.
    env: options.env === undefined ? undefined : definedEnv(options.env),
    argv: options.argv && [...options.argv],
    execArgv: options.execArgv === undefined ? inheritedExecArgv(backend.kind) : [...options.execArgv],
    resourceLimits: options.resourceLimits && { ...options.resourceLimits },
  };
}

/** Checks the options of a view. Throws TypeError, RangeError or `UnsupportedOptionError`. */
export function checkSubmitOptions(backend: Backend, options: SubmitOptions): void {
  validate.checkOptions('with', options, submitChecks);
  if (options.cancelGrace !== undefined) refuseGrace('with', backend, options.cancelGrace);
  if (options.highWaterMark !== undefined && !backend.capabilities.stream)
    throw new UnsupportedOptionError(
      `with: highWaterMark is not supported by ${backend.name}:${backend.kind} (capabilities.stream is false): its tasks have one result.`,
      { option: 'highWaterMark' },
    );
}

/** Whether the kind is among those an adapter has; throws RangeError for a word that is no kind, else `UnsupportedOptionError`. */
export function checkKind<Kind extends WorkerKind>(adapter: string, kind: unknown, kinds: readonly Kind[]): Kind {
  const known = kinds.find((one) => one === kind);
  if (known !== undefined) return known;
  const allowed = kinds.map((one) => `'${one}'`).join(' or ');
  if (kind !== 'thread' && kind !== 'process' && kind !== 'inline' && kind !== 'remote') {
    const message = `${adapter}: createExecutor: kind must be ${allowed}, got ${validate.shown(kind)}.`;
    throw typeof kind === 'string' ? new RangeError(message) : new TypeError(message);
  }
  throw new UnsupportedOptionError(
    `${adapter} has no workers of kind '${kind}', only ${allowed}; another adapter may.`,
    { option: 'kind' },
  );
}

const ofOwnWorkers = ['initializer', 'finalizer', 'minWorkers', 'idleTimeout', 'stopTimeout'] as const;

/** For an executor over a pool that somebody else owns: throws `UnsupportedOptionError` for options about the start and end of workers. */
export function refuseOwnWorkers(where: string, options: ExecutorOptions): void {
  for (const option of ofOwnWorkers) {
    if (options?.[option] === undefined) continue;
    throw new UnsupportedOptionError(
      `${where}: ${option} is not supported: the workers are the pool's, and start and end without the executor. Use createExecutor() for workers of its own.`,
      { option },
    );
  }
}

/**
 * For an adapter with several kinds of workers, whose library's options are in the one of the adapter's name: throws `UnsupportedOptionError`
 * for one that is for another kind than `kind`.
 */
export function refuseOtherKind<Options extends object>(
  adapter: string,
  kind: WorkerKind,
  options: Options,
  kinds: { readonly [name in keyof Options]?: WorkerKind },
): void {
  for (const name in kinds) {
    if (options[name] === undefined || kinds[name] === kind) continue;
    const option = `${adapter}.${name}`;
    throw new UnsupportedOptionError(
      `${adapter}: createExecutor: ${option} is for workers of kind '${kinds[name]}', and these are of kind '${kind}'; leave it out.`,
      { option },
    );
  }
}

function refuseUnsupported(where: string, backend: Backend, options: ExecutorOptions<WorkerKind>): void {
  const { recycle, resourceLimits, isolation } = backend.capabilities;
  const needs = [
    ['maxTasksPerWorker', recycle, 'recycle'],
    ['resourceLimits', resourceLimits, 'resourceLimits'],
    ['env', isolation, 'isolation'],
    ['argv', isolation, 'isolation'],
    ['execArgv', isolation, 'isolation'],
    ['workerEntry', isolation, 'isolation'],
  ] as const;
  for (const [option, supported, capability] of needs) {
    if (options[option] === undefined || supported) continue;
    throw new UnsupportedOptionError(
      `${where}: ${option} is not supported by ${backend.name}:${backend.kind} (capabilities.${capability} is false); leave it out, or choose another adapter or kind.`,
      { option },
    );
  }
  if (options.cancelGrace !== undefined) refuseGrace(where, backend, options.cancelGrace);
}

function refuseGrace(where: string, backend: Backend, grace: number): void {
  if (backend.capabilities.terminate || grace === Number.POSITIVE_INFINITY) return;
  throw new UnsupportedOptionError(
    `${where}: cancelGrace is not supported by ${backend.name}:${backend.kind} (capabilities.terminate is false): a running task cannot be stopped by force.`,
    { option: 'cancelGrace' },
  );
}

// Node's Worker writes 'undefined' for a variable that is undefined, and child_process leaves it out.
function definedEnv(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

function target(hook: WorkerHook | undefined): CallTarget | undefined {
  if (hook === undefined) return undefined;
  const { task, args } = hook;
  return { module: task.module, name: task.name, args: [...boundArguments(task), ...(args ?? [])] };
}
