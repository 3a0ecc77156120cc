import type { BackendWorker, WorkerExit } from '../backend-types.js';
import { sendError } from '../values/error-codec.js';

/**
 * A backend's worker whose bugs stay its own: what should be a promise is one, what should not throw does not, and `exited` never
 * rejects. An executor that took a backend at its word would wait for ever where it breaks it (S4).
 *
 * Throws if it is no worker at all.
 */
export function guarded(worker: BackendWorker): BackendWorker {
  const quietly =
    <Args extends unknown[]>(act: (...args: Args) => void) =>
    (...args: Args): void => {
      try {
        act(...args);
      } catch {
        // What it was to do is bounded in time: a worker that does not stop is killed, a task that is not told runs on.
      }
    };
  return {
    ...(worker.look && { look: quietly((news) => worker.look?.(news)) }),
    receiveNext: () => worker.receiveNext?.() ?? false,
    ready: Promise.resolve(worker.ready),
    prefetch: worker.prefetch,
    execute(call, transferList) {
      try {
        return Promise.resolve(worker.execute(call, transferList));
      } catch (error) {
        return Promise.reject(error);
      }
    },
    send: quietly((message) => {
      if (message.type !== 'cancel') worker.send(message);
      // The task is to hear of it in any case.
      else sendError(message.reason, (reason) => worker.send({ ...message, reason }));
    }),
    stop: quietly(() => worker.stop()),
    kill: quietly(() => worker.kill()),
    exited: Promise.resolve(worker.exited).then(
      (exit: WorkerExit | undefined) => exit ?? {},
      (error: unknown) => ({ error }),
    ),
  };
}
