import type { ChildProcess } from 'node:child_process';
import { setImmediate as turn } from 'node:timers/promises';
import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads';
import { CancelledError, NotCloneableError, QueueFullError } from '@anypool/core';
import {
  type AloneCall,
  type AloneMessage,
  asNotCloneable,
  type Call,
  type ControlMessage,
  type Outcome,
  pack,
  type ReleaseMessage,
  tagged,
  unpack,
  untagged,
  type WorkerExit,
  type WorkerInit,
  type WorkerMessage,
} from '@anypool/core/backend';
import type { TinypoolInstance } from './from-tinypool.js';

/** tinypool's channel of one task. */
interface TaskChannel {
  readonly onMessage: ((deliver: (message: unknown) => void) => void) | undefined;
  readonly postMessage?: (message: unknown) => void;
}

/** What tinypool has of a worker, as far as it is looked at. */
interface PoolWorker {
  readonly channel?: TaskChannel;
  readonly thread?: Worker;
  readonly process?: ChildProcess;
}

/** The pool's worker is gone, and the call with it. */
export class LostCall extends Error {
  readonly exit: WorkerExit;

  constructor(exit: WorkerExit) {
    super('The worker of the pool is gone.');
    this.exit = exit;
  }
}

/** One call in a pool that somebody else owns, from the moment at which the pool gets it. */
export class PooledCall {
  readonly #id: number;
  /** What becomes of the call if no worker gets it: nobody waits for more. */
  readonly #nothing: Outcome;
  readonly #alone: AloneCall;
  /** What the pool sends; it reads it when a worker gets the task, which can be long after. */
  readonly #message: { content: AloneMessage['content'] };
  readonly #asText: boolean;
  /** Threads: the control channel of this call. */
  readonly #port: MessagePort | undefined;
  /** The worker's end of it, which goes with the call. */
  readonly #transferList: MessagePort[] = [];
  #post: (message: WorkerMessage) => void = () => {};
  /** Processes: sends to the worker that has the call. */
  #deliver: ((message: unknown) => void) | undefined;
  /** Processes: what waits to be sent until the worker has the call. By the pool's way it comes later than by the channel. */
  #held: (ControlMessage | ReleaseMessage)[] | undefined;
  #isPosted = false;
  #isOver = false;
  #drop: (() => void) | undefined;
  #lose: ((error: unknown) => void) | undefined;
  #raw: Worker | ChildProcess | undefined;
  #exit: WorkerExit | undefined;

  constructor(call: Call, { executor, workerId, cells }: WorkerInit, kind: 'thread' | 'process', asText: boolean) {
    this.#id = call.id;
    this.#nothing = { id: call.id, sent: 0, value: call.chunk && { values: [] } };
    this.#asText = asText;
    if (kind === 'thread') {
      const { port1, port2 } = new MessageChannel();
      this.#port = port1;
      this.#transferList.push(port2);
      this.#alone = { executor, workerId, kind, call, port: port2, ...(cells && { cells }) };
      this.#message = { content: this.#alone };
    } else {
      this.#alone = { executor, workerId, kind, call };
      this.#message = { content: { packed: packed(this.#alone, asText) } };
      this.#held = [];
    }
  }

  /** Gives the pool the call. Rejects with {@link LostCall} if its worker dies, with an `ExecutorError` if no worker got it. */
  async run(pool: TinypoolInstance, filename: string, post: (message: WorkerMessage) => void): Promise<Outcome> {
    this.#post = post;
    this.#port?.on('message', post).unref();
    const dropped = new Promise<Outcome>((resolve) => {
      this.#drop = () => resolve(this.#nothing);
    });
    const reply = pool.run(this.#message, {
      filename,
      name: 'serveAlone',
      transferList: this.#transferList,
      channel: this.#channel(pool),
    });
    const lost = new Promise<never>((_, reject) => {
      this.#lose = reject;
    });
    const outcome = Promise.race([reply, lost]).then(
      (value) => this.#answered(value),
      (error: unknown) => this.#failed(error),
    );
    outcome.catch(() => {});
    try {
      // The arguments are read now, also where the call is left to wait in the pool's queue (V8). Bytes have been written already.
      if (!this.#isPosted && this.#port !== undefined) this.#copyArguments();
      return await Promise.race([outcome, dropped]);
    } finally {
      this.#isOver = true;
      this.#port?.close();
      if (this.#raw !== undefined) this.#raw.off('exit', this.#onExit);
    }
  }

  cancel(message: ControlMessage): void {
    if (this.#isPosted) this.#send(message);
    else this.#takeBack();
  }

  /** Nobody waits for the call any more: the pool gets its worker back, and what has begun there runs on. */
  abandon(): void {
    if (!this.#isPosted) this.#takeBack();
    else this.#send({ type: 'release', id: this.#id });
    this.#port?.close();
  }

  #send(message: ControlMessage | ReleaseMessage): void {
    if (this.#port !== undefined) this.#port.postMessage(message);
    else if (this.#held !== undefined) this.#held.push(message);
    else if (isConnected(this.#raw)) this.#deliver?.(tagged(message, this.#asText));
  }

  #copyArguments(): void {
    try {
      this.#content = { ...this.#alone, call: structuredClone(this.#alone.call) };
    } catch (cause) {
      this.#takeBack();
      asNotCloneable(cause);
    }
  }

  // What tinypool's queue holds is left there, as a message that does nothing and holds no arguments.
  #takeBack(): void {
    this.#content = { dropped: this.#id };
    // The port is closed by then, and a post that fails leaves tinypool 2.2 with an idle worker and a queue that nobody goes on with.
    this.#transferList.length = 0;
    this.#drop?.();
  }

  set #content(content: AloneMessage['content']) {
    this.#message.content = content;
  }

  // tinypool 2.2 asks the channel for `onMessage` just before it posts the task to a worker, and says in no other way which one it is.
  #channel(pool: TinypoolInstance): TaskChannel {
    const posted = (channel: TaskChannel) => this.#posted(pool, channel);
    if (this.#port !== undefined) {
      return {
        get onMessage() {
          posted(this);
          return undefined;
        },
      };
    }
    const deliverBy = (deliver: (message: unknown) => void): void => {
      this.#deliver = deliver;
    };
    return {
      get onMessage() {
        posted(this);
        return deliverBy;
      },
      postMessage: (message) => {
        const told = untagged(message) as WorkerMessage | undefined;
        if (told?.type === 'begun' && told.id === this.#id) this.#sendHeld();
        if (told !== undefined) this.#post(told);
      },
    };
  }

  #sendHeld(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const message of held) this.#send(message);
  }

  #posted(pool: TinypoolInstance, channel: TaskChannel): void {
    this.#isPosted = true;
    if ('dropped' in this.#message.content) return;
    if (this.#port !== undefined) this.#post({ type: 'begun', id: this.#id });
    // By then the worker has the channel.
    queueMicrotask(() => {
      const worker: PoolWorker | undefined = pool.threads.find((one: PoolWorker) => one.channel === channel);
      this.#raw = worker?.thread ?? worker?.process;
      if (this.#raw === undefined || this.#isOver) return;
      if (hasExited(this.#raw)) this.#onExit(null, null);
      else this.#raw.once('exit', this.#onExit);
    });
  }

  readonly #onExit = (exitCode: number | null, signal: NodeJS.Signals | null = null): void => {
    this.#exit = { ...(exitCode !== null && { exitCode }), ...(signal !== null && { signal }) };
    // tinypool 2.2 does not hear of the 'exit' of a thread: its task would stay pending, and the pool a worker short for good. What it does
    // at an 'error' is right, and it is told of one. Node takes the listeners of a thread away after its 'exit'.
    const hear = this.#port === undefined ? [] : (this.#raw?.listeners('error') ?? []);
    const error = new Error(
      `The worker has exited (${exitCode === null ? (signal ?? 'before') : `exit code ${exitCode}`}).`,
    );
    // A reply that was posted before is given the turns that it needs.
    void turn()
      .then(() => turn())
      .then(() => {
        if (this.#isOver) return;
        for (const listener of hear) listener(error);
        this.#lose?.(error);
      });
  };

  #answered(reply: unknown): Outcome {
    this.#readMessages();
    if ('dropped' in this.#message.content) return this.#nothing;
    return (this.#port === undefined ? unpack(reply) : reply) as Outcome;
  }

  // Before the port is closed: what the worker sent before its reply, or its end, is there by now.
  #readMessages(): void {
    if (this.#port === undefined || this.#isOver) return;
    for (let next = receiveMessageOnPort(this.#port); next !== undefined; next = receiveMessageOnPort(this.#port))
      this.#post(next.message);
  }

  async #failed(error: unknown): Promise<Outcome> {
    this.#readMessages();
    if (error instanceof Error && error.name === 'DataCloneError') return asNotCloneable(error);
    const why = whyNot(error);
    if (why === 'queue is full') {
      throw new QueueFullError(
        "The pool's own queue is full (maxQueue of the Tinypool); submit later, or fewer at once.",
        {
          maxQueue: 0,
        },
      );
    }
    if (why === 'taken out of the queue') {
      throw new CancelledError("The task was taken out of the pool's queue by the pool's owner (cancelPendingTasks).");
    }
    // An 'error' comes before the 'exit' that tells the code.
    for (let turns = 0; turns < 3 && this.#exit === undefined; turns += 1) await turn();
    const ended = new Error("The pool's owner has ended the worker, or the pool (destroy).", { cause: error });
    const outOfMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    throw new LostCall({
      ...this.#exit,
      ...(outOfMemory && { outOfMemory }),
      error: why === 'ended by the owner' ? ended : error,
    });
  }
}

/** What tinypool 2.2 means by an error of its own, none of which has a class that it exports, or a code. */
export function whyNot(error: unknown): 'queue is full' | 'taken out of the queue' | 'ended by the owner' | undefined {
  if (!(error instanceof Error)) return undefined;
  const { message, name } = error;
  if (message === 'Task queue is at limit' || message === 'No task queue available and all Workers are busy')
    return 'queue is full';
  if (name === 'CancelError' && message === 'The task has been cancelled') return 'taken out of the queue';
  return message === 'Terminating worker thread' ? 'ended by the owner' : undefined;
}

function packed(alone: AloneCall, asText: boolean): Uint8Array | string {
  try {
    return pack(alone, asText);
  } catch (cause) {
    throw new NotCloneableError('The arguments could not be sent.', { path: 'args', side: 'argument', cause });
  }
}

function hasExited(raw: Worker | ChildProcess): boolean {
  return 'threadId' in raw ? raw.threadId === -1 : raw.exitCode !== null || raw.signalCode !== null;
}

function isConnected(raw: Worker | ChildProcess | undefined): boolean {
  return raw !== undefined && 'connected' in raw && raw.connected;
}
