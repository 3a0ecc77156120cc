import { types } from 'node:util';
import type { MessagePort } from 'node:worker_threads';
import { CancelledError, ExecutorError, QueueFullError } from '@anypool/core';
import type { AloneMessage, PoolRun, PoolRunEvents, WorkerExit } from '@anypool/core/backend';
import type { PiscinaInstance } from './from-piscina.js';
import { piscinaQueue } from './from-piscina-queue.js';

/** A run of a Piscina. */
export class PiscinaRun implements PoolRun {
  readonly #pool: PiscinaInstance;
  readonly #filename: string;
  #events: PoolRunEvents | undefined;
  #isPosted = false;

  constructor(pool: PiscinaInstance, filename: string) {
    this.#pool = pool;
    this.#filename = filename;
  }

  start(message: AloneMessage, transferList: MessagePort[], events: PoolRunEvents): Promise<unknown> {
    this.#events = events;
    const posted = () => this.#posted(events);
    // piscina 5.3 says in no other way that a thread gets the task than by reading it then.
    const watched: AloneMessage = {
      get content() {
        posted();
        return message.content;
      },
    };
    const reply = this.#pool.run(watched, { filename: this.#filename, name: 'serveAlone', transferList });
    if (!this.#isPosted) piscinaQueue(this.#pool).add(events, this.#filename);
    return reply;
  }

  #posted(events: PoolRunEvents): void {
    this.#isPosted = true;
    piscinaQueue(this.#pool).delete(events);
    events.posted();
  }

  end(): void {
    if (this.#events !== undefined) piscinaQueue(this.#pool).delete(this.#events);
  }

  async explain(error: unknown, begun: number | undefined): Promise<ExecutorError | WorkerExit> {
    if (error instanceof ExecutorError) return error;
    const why = whyNot(error);
    if (why === 'ended by the owner') {
      if (!this.#isPosted)
        return new CancelledError('The pool was ended by its owner before a thread had the task (destroy).', {
          cause: error,
        });
      return {
        error: new Error("The pool's owner has ended the thread, or the pool (destroy, close).", { cause: error }),
      };
    }
    // What has begun may have failed with the same words.
    if (why === 'queue is full' && !this.#isPosted) {
      const message = "The pool's own queue is full (maxQueue of the Piscina); submit later, or fewer at once.";
      return new QueueFullError(message, { maxQueue: 0 });
    }
    if (why === 'closed' && !this.#isPosted) {
      const message = 'The pool is being closed by its owner, and takes no task (close, destroy).';
      return new CancelledError(message, { cause: error });
    }
    const outOfMemory = types.isNativeError(error) && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    const exitCode = exitCodeOf(error);
    return {
      ...(exitCode === undefined ? { error } : { exitCode }),
      ...(outOfMemory && { outOfMemory }),
      ...(begun !== undefined && { begun }),
    };
  }
}

/** What piscina 5.3 means by an error of its own, none of which has a class that it exports, or a code. */
export function whyNot(error: unknown): 'queue is full' | 'closed' | 'ended by the owner' | undefined {
  if (!types.isNativeError(error)) return undefined;
  const { message, name } = error;
  if (message === 'Task queue is at limit' || message === 'No task queue available and all Workers are busy')
    return 'queue is full';
  // Of a task that has no signal: it came when the pool was ending, or close({ force: true }) found it in the queue.
  if (name === 'AbortError' && message === 'The task has been aborted') return 'closed';
  return message === 'Terminating worker thread' ? 'ended by the owner' : undefined;
}

/** The exit code that piscina 5.3 tells in words; it tells none where an uncaught error came before the exit. */
export function exitCodeOf(error: unknown): number | undefined {
  const code = types.isNativeError(error) ? /^worker exited with code: (-?\d+)$/.exec(error.message)?.[1] : undefined;
  return code === undefined ? undefined : Number(code);
}
