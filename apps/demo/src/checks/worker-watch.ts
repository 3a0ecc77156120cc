import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { Place } from '../tasks/probes.js';

/** Sees the workers of this process from outside, without asking the executors. */
export interface WorkerWatch extends Disposable {
  /** How many worker threads live in this process. */
  threads(): number;
  /** Whether the worker lives, a thread of this process or a process of its own. */
  lives(place: Place): boolean;
  /** Resolves when that thread of this process has exited. */
  threadGone(threadId: number): Promise<void>;
  /** Ends the worker as an outsider would: SIGKILL, or `terminate()` on the raw thread. */
  kill(place: Place): void;
}

/** Watches from now on: threads that were there before are not seen. */
export function watchWorkers(): WorkerWatch {
  const threads = new Map<number, Worker>();
  const onWorker = (worker: Worker): void => {
    const { threadId } = worker;
    threads.set(threadId, worker);
    worker.once('exit', () => threads.delete(threadId));
  };
  process.on('worker', onWorker);

  return {
    threads: () => threads.size,
    lives: ({ pid, threadId }) => (pid === process.pid ? threads.has(threadId) : processLives(pid)),
    threadGone: async (threadId) => {
      const worker = threads.get(threadId);
      if (worker !== undefined) await once(worker, 'exit');
    },
    kill({ pid, threadId }) {
      if (pid !== process.pid) process.kill(pid, 'SIGKILL');
      else void threads.get(threadId)?.terminate();
    },
    [Symbol.dispose]() {
      process.off('worker', onWorker);
    },
  };
}

function processLives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
