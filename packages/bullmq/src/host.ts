import { hostname } from 'node:os';
import { CancelledError, type Executor, TaskModuleError } from '@anypool/core';
import {
  type ControlMessage,
  checkOptions,
  failedOutcome,
  type Outcome,
  optionChecks,
  type RelayedCall,
  relay,
  type WorkerMessage,
} from '@anypool/core/backend';
import { Job, Queue, UnrecoverableError } from './bullmq.js';
import { Callers } from './callers.js';
import { after, connect, disconnect, type QuietRedis, within } from './connection.js';
import { EngineUnreachableError } from './errors.js';
import { Events } from './events.js';
import { HostWorker } from './host-worker.js';
import { Hosts } from './hosts.js';
import { modulesOf } from './modules.js';
import type { WorkerHostOptions } from './options.js';
import { defaultMaxPayload, queueChecks } from './queue-checks.js';
import { controlEvent, controlQueue } from './queue-keys.js';
import { Refusals } from './refusals.js';
import { Signer } from './signature.js';
import { type Elsewhere, largestInEvents, parsed, type Signed, Wire } from './wire.js';

/** What a worker host has done, in counts. */
export interface WorkerHostStats {
  /** Tasks that it runs now. */
  readonly running: number;
  /** Tasks that it has run, whatever became of them. */
  readonly completed: number;
  /** Calls and messages that it did not accept: unsigned, altered, too large, or for a module that it does not have. */
  readonly refused: number;
}

/** A process's share in the work of a queue. */
export interface WorkerHost {
  readonly name: string;
  /** Resolves when it is connected to Redis and takes tasks. Rejects if it is closed before, and with Redis's error where that refuses it. */
  ready(): Promise<void>;
  stats(): WorkerHostStats;
  /**
   * Takes no more tasks, finishes those that it has, and closes its connections. Past `timeout` ms, tasks that still run are cancelled; some
   * seconds later it is closed in any case, also where Redis is gone. Default Infinity. Of several calls, the shortest time that is left counts.
   * Rejects with TypeError or RangeError for a bad `timeout`.
   * The executor is left as it is.
   */
  close(options?: { readonly timeout?: number | undefined }): Promise<void>;
}

const hostChecks = {
  ...queueChecks,
  tasks: { allowed: 'an object or an array', type: 'object', accepts: () => true },
  executor: { allowed: 'an executor', type: 'object', accepts: isExecutor },
  concurrency: optionChecks.positiveInteger,
  name: optionChecks.text,
  stallTime: optionChecks.positiveInteger,
};

/**
 * Makes this process a host of the queue's tasks: it runs those whose module is among `tasks`, in an executor of its own, so that a task
 * that blocks its thread does not keep the host from telling that it lives.
 *
 * Throws TypeError or RangeError for bad options.
 *
 * @example
 * ```ts
 * import { createWorkerHost } from '@anypool/bullmq';
 * import { createExecutor } from '@anypool/native';
 *
 * const executor = createExecutor({ kind: 'process', maxWorkers: 8 });
 * const host = createWorkerHost({
 *   connection: 'redis://127.0.0.1:6379',
 *   queue: 'images',
 *   tasks: [new URL('./images.js', import.meta.url)],
 *   executor,
 * });
 * await host.ready();
 * ```
 */
export function createWorkerHost(options: WorkerHostOptions): WorkerHost {
  checkOptions('bullmq: createWorkerHost', options, hostChecks);
  for (const needed of ['connection', 'queue', 'tasks', 'executor'] as const)
    if (options[needed] === undefined) throw new TypeError(`bullmq: createWorkerHost: ${needed} must be given.`);
  const { executor, concurrency = executor.maxWorkers } = options;
  if (concurrency === Number.POSITIVE_INFINITY)
    throw new RangeError('bullmq: createWorkerHost: concurrency must be given: the executor has no maxWorkers.');
  return new Host(options, concurrency);
}

const closeChecks = { timeout: optionChecks.duration };

/** ms for what must be done to close, and cannot be without Redis. */
const patience = 5000;
/** How many cancels are kept of calls that have not come yet. */
const earlyKept = 1000;

class Host implements WorkerHost {
  readonly name: string;
  readonly #executor: Executor;
  readonly #modules: ReadonlyMap<string, string>;
  readonly #wire: Wire;
  readonly #refusals: Refusals;
  readonly #callers: Callers;
  readonly #hosts: Hosts;
  readonly #client: QuietRedis;
  readonly #worker: HostWorker;
  /** For what may be large, which keeps whatever comes behind it on its connection: the locks of what runs are not to wait (R3). */
  readonly #bulk: Queue;
  readonly #control: Events;
  readonly #running = new Map<string, RelayedCall>();
  /** Of streams that run: how many items their callers have asked for. */
  readonly #credited = new Map<string, number>();
  /** What came for calls that had not come yet: it travels by a way of its own. */
  readonly #early = new Map<string, unknown[]>();
  readonly #ready: Promise<void>;
  /** Of the tasks that run, until they have settled: their replies may still be on their way. */
  readonly #unsettled = new Set<Promise<unknown>>();
  /** Set by `close()`: cancels what runs past a timeout. */
  readonly #deadlines = new Set<NodeJS.Timeout>();
  #begun = 0;
  #completed = 0;
  #closing: Promise<void> | undefined;
  /** Whether what runs is cancelled: there is no more time. */
  #cut = false;
  #isClosed = false;
  #isOverdue!: () => void;
  /** Resolves when what was cancelled has had its time, too. */
  readonly #overdue = new Promise<void>((resolve) => {
    this.#isOverdue = resolve;
  });
  /** Holds the process: a host that waits for tasks is not done. */
  readonly #keepAlive = setInterval(() => {}, 2 ** 31 - 1);

  constructor(options: WorkerHostOptions, concurrency: number) {
    const { connection, queue, prefix = 'bull', executor, stallTime = 30_000 } = options;
    this.name = options.name ?? `${hostname()}:${process.pid}`;
    this.#executor = executor;
    this.#modules = modulesOf(options.tasks);
    this.#wire = new Wire(queue, new Signer(options.secret), options.maxPayload ?? defaultMaxPayload);
    this.#refusals = new Refusals(queue);
    this.#client = connect(connection);
    this.#callers = new Callers(this.#client, prefix, queue);
    this.#hosts = new Hosts(this.#client, prefix, queue);
    this.#control = new Events({
      client: this.#client,
      queue: controlQueue(queue),
      prefix,
      refusals: this.#refusals,
      blockingTimeout: 10_000,
      listen: (events) => {
        const emitter: { on(event: string, listener: (fields: unknown) => void): unknown } = events;
        emitter.on(controlEvent, (fields) => this.#heard(fields));
      },
      // A cancel that is lost is no more than late: the task ends by itself.
      missed() {},
    });
    const bulk = this.#client.duplicate();
    this.#worker = new HostWorker({ client: this.#client, bulk }, queue, (job) => this.#run(job), {
      prefix,
      skipVersionCheck: true,
      name: this.name,
      concurrency,
      lockDuration: stallTime,
      stalledInterval: stallTime,
      autorun: false,
      // A task whose host died may have had effects: only its caller decides about running it again (R3).
      maxStalledCount: 0,
    });
    this.#worker.on('error', () => {});
    this.#bulk = new Queue(queue, { connection: bulk, prefix, skipVersionCheck: true, skipMetasUpdate: true });
    this.#bulk.on('error', () => {});
    this.#ready = this.#start();
    this.#ready.catch(() => {});
  }

  async #start(): Promise<void> {
    await Promise.all([this.#worker.waitUntilReady(), this.#bulk.waitUntilReady()]);
    // First: whoever takes tasks hears of cancels.
    await this.#control.start();
    this.#checkOpen();
    await this.#hosts.announce(this.#worker.concurrency);
    this.#checkOpen();
    // Last: one that is not ready takes nothing.
    void this.#worker.run().catch(() => {});
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new Error(`The host '${this.name}' was closed before it took tasks.`);
  }

  ready(): Promise<void> {
    return this.#ready;
  }

  stats(): WorkerHostStats {
    return { running: this.#running.size, completed: this.#completed, refused: this.#refusals.counted };
  }

  async #run(taken: Job): Promise<Signed | Elsewhere> {
    const jobId = taken.id ?? '';
    // The same job; what is told by it goes by the other connection.
    const job = new Job(this.#bulk, taken.name, {}, {}, jobId);
    const data = this.#wire.openCall(jobId, taken.data);
    if (data === undefined) {
      this.#refusals.count('call');
      throw new UnrecoverableError('It is unsigned, altered, larger than maxPayload, or no call at all.');
    }
    const module = this.#modules.get(data.module);
    if (module === undefined) {
      this.#refusals.count('call');
      const message = `This host has no task module '${data.module}'; it was started with ${[...this.#modules.keys()].join(', ')}.`;
      const error = new TaskModuleError(message, { module: data.module });
      return this.#reply(job, jobId, failedOutcome({ id: 0, sent: 0, value: undefined }, error), data.name);
    }
    // Only now is anything else of it read (R2).
    const call = this.#wire.readCall(data, module);
    if (call === undefined) {
      this.#refusals.count('call');
      throw new UnrecoverableError('Its payload makes no sense.');
    }
    if (!data.keep && !(await this.#callers.lives(data.caller))) {
      const error = new CancelledError(`Task '${data.name}' was not run: its caller is gone (orphans).`);
      return this.#reply(job, jobId, failedOutcome({ id: 0, sent: 0, value: undefined }, error), data.name);
    }
    /** What is on its way. */
    const sent = new Set<Promise<unknown>>();
    let places = 0;
    let unsent: { readonly error: unknown } | undefined;
    const failed = (error: unknown, why: string): void => {
      unsent ??= { error };
      this.#running.get(jobId)?.cancel(why);
    };
    const post = (message: WorkerMessage): void => {
      try {
        const signed = this.#wire.writeMessage(jobId, places, message, data.name);
        places += 1;
        const isSent = job.updateProgress(signed).catch((cause: unknown) => {
          // A report may be missing. A stream's reader would wait for the item, and its task for the reader.
          if (message.type !== 'item') return;
          failed(notTaken('item', cause), 'an item could not be sent.');
        });
        const done = isSent.finally(() => sent.delete(done));
        sent.add(done);
      } catch (error) {
        // A report or an item that is too large is the task's error, as a result would be.
        failed(error, 'it has sent what is too large.');
      }
    };
    const relayed = relay(this.#executor, call, post);
    this.#running.set(jobId, relayed);
    this.#begun += 1;
    const isSettled = () => void this.#unsettled.delete(settled);
    const settled = relayed.outcome.then(isSettled, isSettled);
    this.#unsettled.add(settled);
    if (this.#cut) this.#cancel(relayed);
    for (const early of this.#early.get(jobId) ?? []) this.#told(jobId, early);
    this.#early.delete(jobId);
    const watch = data.keep
      ? undefined
      : this.#callers.watch(data.caller, () => relayed.cancel('Its caller is gone (orphans).'));
    try {
      const outcome = await relayed.outcome;
      await Promise.all(sent);
      const told = unsent === undefined ? outcome : failedOutcome(outcome, unsent.error);
      return await this.#reply(job, jobId, told, data.name);
    } finally {
      watch?.end();
      this.#running.delete(jobId);
      this.#credited.delete(jobId);
      this.#completed += 1;
    }
  }

  async #reply(job: Job, jobId: string, outcome: Outcome, task: string): Promise<Signed | Elsewhere> {
    const signed = this.#written(jobId, outcome, task);
    if (signed.payload.length <= largestInEvents) return signed;
    try {
      await this.#worker.untilTaken(() => job.updateData(signed));
      return { v: 1, elsewhere: true };
    } catch (cause) {
      return this.#written(jobId, failedOutcome(outcome, notTaken('result', cause)), task);
    }
  }

  #written(jobId: string, outcome: Outcome, task: string): Signed {
    try {
      return this.#wire.writeOutcome(jobId, outcome, task);
    } catch (error) {
      return this.#wire.writeOutcome(jobId, failedOutcome(outcome, error), task);
    }
  }

  #heard(fields: unknown): void {
    if (typeof fields !== 'object' || fields === null || !('jobId' in fields) || !('message' in fields)) return;
    const { jobId, message } = fields;
    if (typeof jobId !== 'string' || typeof message !== 'string') return;
    const signed = parsed(message);
    if (this.#running.has(jobId)) {
      this.#told(jobId, signed);
      return;
    }
    // Of another host, nearly always.
    const early = this.#early.get(jobId) ?? [];
    if (early.length < 10) early.push(signed);
    this.#early.set(jobId, early);
    if (this.#early.size > earlyKept)
      for (const oldest of this.#early.keys()) {
        this.#early.delete(oldest);
        break;
      }
  }

  #told(jobId: string, signed: unknown): void {
    const message = this.#wire.readControl(jobId, signed);
    if (message === undefined) this.#refusals.count('control');
    else if (message.type === 'credit') this.#grant(jobId, message);
    else this.#running.get(jobId)?.control(message);
  }

  /** Callers tell all that they have ever given, and may do so twice. */
  #grant(jobId: string, { id, items }: ControlMessage & { readonly type: 'credit' }): void {
    const before = this.#credited.get(jobId) ?? 0;
    if (items <= before) return;
    this.#credited.set(jobId, items);
    this.#running.get(jobId)?.control({ type: 'credit', id, items: items - before });
  }

  async close(options: { readonly timeout?: number | undefined } = {}): Promise<void> {
    checkOptions('bullmq: close', options, closeChecks);
    this.#cancelAfter(options.timeout ?? Number.POSITIVE_INFINITY);
    this.#closing ??= this.#close();
    await this.#closing;
  }

  /** Of several, the one that is over first has its effect. */
  #cancelAfter(timeout: number): void {
    const deadline = this.#isClosed ? undefined : after(timeout, () => this.#cancelAll());
    if (deadline !== undefined) this.#deadlines.add(deadline);
  }

  async #close(): Promise<void> {
    // First: from now on, it takes no task.
    const drained = this.#worker.close();
    const retired = within(
      patience,
      this.#hosts.retire().catch(() => {}),
    );
    await Promise.race([this.#drainedOrStuck(drained), this.#overdue]);
    await retired;
    this.#callers.close();
    await within(patience, Promise.all([this.#control.close(), this.#bulk.close().catch(() => {})]));
    await disconnect(this.#client, patience);
    for (const deadline of this.#deadlines) clearTimeout(deadline);
    this.#isClosed = true;
    clearInterval(this.#keepAlive);
  }

  /** Resolves when Redis has been told of all tasks, or they have settled and there is no Redis for too long that could be told. */
  async #drainedOrStuck(drained: Promise<void>): Promise<void> {
    let isDrained = false;
    const done = drained.then(() => {
      isDrained = true;
    });
    let begun: number;
    do {
      begun = this.#begun;
      await Promise.race([done, Promise.allSettled(this.#unsettled)]);
      await within(patience, done);
    } while (!isDrained && (begun !== this.#begun || (await this.#worker.isAnswered(patience))));
  }

  #cancelAll(): void {
    this.#cut = true;
    for (const [, relayed] of this.#running) this.#cancel(relayed);
    // What is cancelled ends within its grace, if Redis is there to be told.
    this.#deadlines.add(setTimeout(this.#isOverdue, patience));
  }

  #cancel(relayed: RelayedCall): void {
    relayed.cancel('The worker host is closing, and its tasks had no more time.');
  }
}

function notTaken(what: 'item' | 'result', cause: unknown): EngineUnreachableError {
  // ioredis has the whole command with it, and so what was too much.
  if (typeof cause === 'object' && cause !== null) Reflect.deleteProperty(cause, 'command');
  return new EngineUnreachableError(`Redis took no ${what} of the task; see the cause.`, { cause });
}

function isExecutor(value: object): boolean {
  return 'submit' in value && 'scope' in value && 'capabilities' in value;
}
