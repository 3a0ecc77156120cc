export type { Capabilities } from './capabilities.js';
export { type CarryingTask, type ContextCarrier, registerContextCarrier } from './context-carriers.js';
export { defaultMaxWorkers } from './cpu-count.js';
export {
  getDefaultExecutor,
  run,
  runInExecutor,
  setDefaultExecutor,
  shutdownDefaultExecutor,
} from './default-executor.js';
export {
  CancelledError,
  type CrashDetails,
  ExecutorError,
  type ExecutorErrorCode,
  ExecutorShutdownError,
  NotCloneableError,
  QueueFullError,
  TaskModuleError,
  TaskNotFoundError,
  TaskTimeoutError,
  UnsupportedOptionError,
  WorkerCrashedError,
  WorkerStartError,
} from './errors.js';
export type {
  ActiveTask,
  BoundTasks,
  Executor,
  ExecutorStats,
  LimitStats,
  MapOptions,
  ScopeOptions,
  ShutdownOptions,
  SubmitOptions,
  Submitter,
  TaskStream,
  TimeStatistics,
  WorkerKind,
} from './executor.js';
export type { Future, FutureState } from './future.js';
export { type InlineExecutorOptions, inlineExecutor } from './inline.js';
export { measureOffload, measureOffloadIn, type OffloadReport } from './measure-offload.js';
export type { ErrorClass, ExecutorOptions, WorkerHook } from './options.js';
export { type ShutdownOnSignalOptions, shutdownOnSignal } from './shutdown-on-signal.js';
export {
  type AnyTask,
  inlineTask,
  partial,
  type SingleResultTask,
  type StreamItem,
  type StreamSource,
  type Task,
  type TaskArgs,
  type TaskModule,
  type TaskResult,
  tasksFrom,
} from './tasks.js';
export { move } from './values/moved.js';
export {
  asCompleted,
  type FutureIterator,
  type FutureIteratorResult,
  type ReturnWhen,
  type WaitOptions,
  wait,
} from './wait.js';
