import type { ChildProcess } from 'node:child_process';
import { types } from 'node:util';
import type { MessagePort, Worker } from 'node:worker_threads';
import { CancelledError, ExecutorError, QueueFullError } from '@anypool/core';
import type { AloneMessage, PoolRun, PoolRunEvents, WorkerExit } from '@anypool/core/backend';
import type { TinypoolInstance } from './from-tinypool.js';
import type { ChannelLine } from './from-tinypool-process.js';
import { type PoolWorker, rawOf, tellerOf, tinypoolQueue, turns } from './from-tinypool-queue.js';

/** tinypool's channel of one task. */
interface TaskChannel {
  readonly onMessage: ((deliver: (message: unknown) => void) => void) | undefined;
  readonly postMessage?: (message: unknown) => void;
}

/** A run of a Tinypool, and the watch on the worker that has it. */
export class TinypoolRun implements PoolRun {
  readonly #pool: TinypoolInstance;
  readonly #filename: string;
  /** Processes: what talks by the channel. */
  readonly #line: ChannelLine | undefined;
  #events: PoolRunEvents | undefined;
  #raw: Worker | ChildProcess | undefined;
  #exit: WorkerExit | undefined;
  #isPosted = false;
  #isOver = false;

  constructor(pool: TinypoolInstance, filename: string, line?: ChannelLine) {
    this.#pool = pool;
    this.#filename = filename;
    this.#line = line;
  }

  start(message: AloneMessage, transferList: MessagePort[], events: PoolRunEvents): Promise<unknown> {
    this.#events = events;
    const reply = this.#pool.run(message, {
      filename: this.#filename,
      name: 'serveAlone',
      transferList,
      channel: this.#channel(message),
    });
    if (!this.#isPosted) tinypoolQueue(this.#pool).add(events, this.#filename);
    return reply;
  }

  end(): void {
    this.#isOver = true;
    if (this.#events !== undefined) tinypoolQueue(this.#pool).delete(this.#events);
    if (this.#raw !== undefined) this.#raw.off('exit', this.#onExit);
  }

  // tinypool 2.2 asks the channel for `onMessage` just before it posts the task to a worker, and says in no other way which one it is.
  #channel(message: AloneMessage): TaskChannel {
    const posted = (channel: TaskChannel) => this.#posted(message, channel);
    const line = this.#line;
    if (line === undefined) {
      return {
        get onMessage() {
          posted(this);
          return undefined;
        },
      };
    }
    const connect = (deliver: (message: unknown) => void): void => {
      line.connect((message) => {
        if (isConnected(this.#raw)) deliver(message);
      });
    };
    return {
      get onMessage() {
        posted(this);
        return connect;
      },
      postMessage: (message) => line.receive(message),
    };
  }

  #posted(message: AloneMessage, channel: TaskChannel): void {
    this.#isPosted = true;
    if (this.#events !== undefined) {
      tinypoolQueue(this.#pool).delete(this.#events);
      this.#events.posted();
    }
    if ('dropped' in message.content) return;
    // By then the worker has the channel.
    queueMicrotask(() => {
      const worker: PoolWorker | undefined = this.#pool.threads.find((one: PoolWorker) => one.channel === channel);
      this.#raw = worker && rawOf(worker);
      if (this.#raw === undefined || this.#isOver) return;
      if (hasExited(this.#raw)) this.#onExit(null, null);
      else this.#raw.once('exit', this.#onExit);
    });
  }

  readonly #onExit = (exitCode: number | null, signal: NodeJS.Signals | null = null): void => {
    this.#exit = { ...(exitCode !== null && { exitCode }), ...(signal !== null && { signal }) };
    const tell = this.#raw === undefined ? () => {} : tellerOf(this.#raw);
    const error = new Error(
      `The worker has exited (${exitCode === null ? (signal ?? 'before') : `exit code ${exitCode}`}).`,
    );
    // A reply that was posted before is given the turns that it needs.
    void turns(2).then(() => {
      if (this.#isOver) return;
      tell(error);
      this.#events?.lost(error);
    });
  };

  async explain(error: unknown): Promise<ExecutorError | WorkerExit> {
    if (error instanceof ExecutorError) return error;
    const why = whyNot(error);
    if (why === 'queue is full') {
      return new QueueFullError(
        "The pool's own queue is full (maxQueue of the Tinypool); submit later, or fewer at once.",
        {
          maxQueue: 0,
        },
      );
    }
    if (why === 'taken out of the queue')
      return new CancelledError("The task was taken out of the pool's queue by the pool's owner (cancelPendingTasks).");
    if (why === 'ended by the owner' && !this.#isPosted)
      return new CancelledError('The pool was ended by its owner before a worker had the task (destroy).', {
        cause: error,
      });
    // An 'error' comes before the 'exit' that tells the code.
    for (let tries = 0; tries < 3 && this.#exit === undefined; tries += 1) await turns(1);
    const ended = new Error("The pool's owner has ended the worker, or the pool (destroy).", { cause: error });
    const outOfMemory = types.isNativeError(error) && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    return {
      ...this.#exit,
      ...(outOfMemory && { outOfMemory }),
      error: why === 'ended by the owner' ? ended : error,
    };
  }
}

/** What tinypool 2.2 means by an error of its own, none of which has a class that it exports, or a code. */
export function whyNot(error: unknown): 'queue is full' | 'taken out of the queue' | 'ended by the owner' | undefined {
  if (!types.isNativeError(error)) return undefined;
  const { message, name } = error;
  if (message === 'Task queue is at limit' || message === 'No task queue available and all Workers are busy')
    return 'queue is full';
  if (name === 'CancelError' && message === 'The task has been cancelled') return 'taken out of the queue';
  return message === 'Terminating worker thread' ? 'ended by the owner' : undefined;
}

function hasExited(raw: Worker | ChildProcess): boolean {
  return 'threadId' in raw ? raw.threadId === -1 : raw.exitCode !== null || raw.signalCode !== null;
}

function isConnected(raw: Worker | ChildProcess | undefined): boolean {
  return raw !== undefined && 'connected' in raw && raw.connected;
}
