export type {
  Backend,
  BackendWorker,
  Behalf,
  Call,
  CallTarget,
  ChunkOrder,
  ChunkResults,
  ControlMessage,
  Outcome,
  WorkerEvents,
  WorkerExit,
  WorkerInit,
  WorkerMessage,
} from './backend-types.js';
export { type Capabilities, capabilities } from './capabilities.js';
export { type DefaultExecutorFactory, provideDefaultExecutor } from './default-executor.js';
export { createExecutorFrom } from './engine/create-executor.js';
export { checkKind, refuseOtherKind, refuseOwnWorkers } from './engine/settings.js';
export * as optionChecks from './engine/validate.js';
export { type Check, checkOptions, checkOptionsObject } from './engine/validate.js';
export {
  type AloneCall,
  type AloneMessage,
  pack,
  type ReleaseMessage,
  tagged,
  unpack,
  untagged,
} from './link/alone.js';
export type { BoardTask } from './link/board.js';
export { takeLastListener } from './link/listeners.js';
export { loadLibrary } from './link/load-library.js';
export { asNotCloneable } from './link/opening.js';
export { PoolQueue, type QueuedPool } from './link/pool-queue.js';
export { type CallLine, PooledCall, type PoolRun, type PoolRunEvents } from './link/pooled-call.js';
export { type ProcessLibrary, startProcessWorker } from './link/process-worker.js';
export { type CallOnBehalf, failedOutcome, type RelayedCall, relay } from './link/relay.js';
export { LostCall, type SharedCall, SharedSlot } from './link/shared-slot.js';
export { threadCall } from './link/thread-call.js';
export { startThreadWorker, type WorkerLibrary } from './link/thread-worker.js';
export { workerFile } from './link/worker-file.js';
export { fromBytes, toBytes } from './values/bytes.js';
export type { Encoded } from './values/error-codec.js';
export type { Patch } from './values/inspect.js';
export { toSmallJson } from './values/small-json.js';
export { serveAlone } from './worker/alone.js';
export { receive, type ServingWorker, serve } from './worker/entry.js';
export type { ServeChannel } from './worker/serve.js';
