import { randomUUID } from 'node:crypto';
import { ExecutorError, NotCloneableError } from '@anypool/core';
import type { CallOnBehalf, ControlMessage, Outcome, WorkerEvents } from '@anypool/core/backend';
import { Adding, type Job } from './adding.js';
import { Queue, type QueueEvents, QueueEventsProducer } from './bullmq.js';
import { after, connect, disconnect, type QuietRedis, within } from './connection.js';
import { Delivered } from './delivered.js';
import { Events } from './events.js';
import { Heartbeat } from './heartbeat.js';
import { HostWatch } from './host-watch.js';
import { Hosts } from './hosts.js';
import { Jobs, type Known } from './jobs.js';
import type { ModuleNames } from './modules.js';
import type { RedisConnection } from './options.js';
import { callerKey, controlEvent, controlQueue, eventsKept } from './queue-keys.js';
import type { Refusals } from './refusals.js';
import { RemoteCall } from './remote-call.js';
import { unreachable } from './unreachable.js';
import { isElsewhere, type Signed, type Wire } from './wire.js';

/** What an executor's connection is made with. */
export interface LinkSettings {
  readonly connection: RedisConnection;
  readonly queue: string;
  readonly prefix: string;
  readonly wire: Wire;
  readonly names: ModuleNames;
  readonly refusals: Refusals;
  readonly maxQueue: number;
  readonly retries: number;
  readonly orphans: 'cancel' | 'keep';
  readonly callerTimeout: number;
  readonly onDisconnect: 'wait' | 'reject';
  /** ms in which there must be a connection. */
  readonly startTimeout: number;
  /** ms in which what was asked of Redis last must be done when the connections are closed. */
  readonly stopTimeout: number;
}

/** ms after which it is asked for what became of a call of which nothing was heard: an event can be lost. */
const silence = 5000;
/** ms that each step of closing the connections may take at most. */
const longestStop = 30_000;
/** How many are asked for at a time. */
const asked = 1000;
/** Seconds that a result is kept for a caller who does not come for it. */
const resultAge = 3600;
/** How often a call that has ended waits for messages of which nothing comes. */
const fewWaits = 2;
/** What BullMQ 6.7 says of a job whose host has died. */
const stalledReason = 'job stalled more than allowable limit';
/** BullMQ's priorities are from 1, the first, to 2^21 - 1. Every call has one, as those without go before all others. */
const middlePriority = 2 ** 20;
const lowestPriority = 2 ** 21 - 1;

/** The connections of an executor to its queue, and its calls that are there. */
export class Link {
  readonly #settings: LinkSettings;
  readonly #caller = `anypool-${randomUUID()}`;
  readonly #client: QuietRedis;
  readonly #queue: Queue;
  readonly #producer: QueueEventsProducer;
  readonly #adding: Adding;
  readonly #events: Events;
  readonly #delivered: Delivered;
  readonly #jobs: Jobs;
  readonly #heartbeat: Heartbeat;
  readonly #hostWatch: HostWatch;
  readonly #ready: Promise<void>;
  readonly #calls = new Map<string, RemoteCall>();
  readonly #underway = new Set<Promise<unknown>>();
  #places = 0;
  #lastId = 0;
  #sweeping: NodeJS.Timeout | undefined;
  #late: NodeJS.Timeout | undefined;
  /** Settles when what is asked for has its answers. */
  #asking: Promise<unknown> | undefined;
  #hasFailed = false;
  #closing: Promise<void> | undefined;

  constructor(settings: LinkSettings) {
    this.#settings = settings;
    const { connection, queue, prefix, onDisconnect } = settings;
    this.#client = connect(connection);
    const common = { connection: this.#client, prefix, skipVersionCheck: true };
    this.#queue = new Queue(queue, { ...common, streams: { events: { maxLen: eventsKept } } });
    this.#producer = new QueueEventsProducer(controlQueue(queue), common);
    this.#adding = new Adding({
      ...settings,
      client: this.#client,
      queue: this.#queue,
      hosts: new Hosts(this.#client, prefix, queue),
      isClosed: () => this.isClosed,
      track: (work) => this.#track(work),
      added: (call) => this.#added(call),
      refused: (call, error) => this.#refuse(call, error),
      spared: (call) => this.#over(call, () => call.withdrawn()),
    });
    const toKey = (part: string) => this.#queue.toKey(part);
    this.#delivered = new Delivered(this.#client, toKey);
    this.#jobs = new Jobs(this.#client, toKey);
    const key = callerKey(prefix, queue, this.#caller);
    this.#heartbeat = new Heartbeat({ ...settings, client: this.#client, key, keep: settings.orphans === 'keep' });
    this.#hostWatch = new HostWatch(this.#client, queue, prefix);
    this.#events = new Events({
      ...settings,
      client: this.#client,
      // For ever: with a time, BullMQ 6.7 has a timer that keeps the process alive (X6). What does not come is asked for, see `#sweep`.
      blockingTimeout: 0,
      listen: (events) => this.#listen(events),
      missed: () => this.#askAll(),
    });
    this.#queue.on('error', () => {});
    this.#producer.on('error', () => {});
    this.#client.on('ready', () => this.#askAll());
    if (onDisconnect === 'reject') this.#client.on('close', () => this.#disconnected());
    const start = this.#start().catch((cause: unknown) => Promise.reject(unreachable(cause)));
    this.#ready = Promise.race([start, onDisconnect === 'wait' ? this.#tooLate() : this.#firstCut()]);
    this.#ready
      .catch(() => {
        this.#hasFailed = true;
      })
      .finally(() => clearTimeout(this.#late));
  }

  async #start(): Promise<void> {
    await Promise.all([this.#queue.waitUntilReady(), this.#producer.waitUntilReady()]);
    await Promise.all([this.#events.start(), this.#heartbeat.start()]);
  }

  /** Rejects when there is no connection, or no more. */
  #firstCut(): Promise<never> {
    return new Promise((_, reject) => this.#client.once('close', () => reject(unreachable(this.#client.lastError))));
  }

  /** Rejects when there has been no connection in the whole `startTimeout`. */
  #tooLate(): Promise<never> {
    return new Promise((_, reject) => {
      // Before core does, which does not know what was missing.
      const limit = this.#settings.startTimeout - 1;
      this.#late = after(limit, () => reject(unreachable(this.#client.lastError)))?.unref();
    });
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  /** Whether another place can enter: where there was no connection, what is tried next is another one. */
  get isOpen(): boolean {
    return !this.isClosed && !this.#hasFailed;
  }

  /** Another place; it is ready when there is a connection. */
  enter(): Promise<void> {
    this.#places += 1;
    return this.#ready;
  }

  /** A place is gone; with the last one, the connections are closed. */
  async leave(): Promise<void> {
    this.#places -= 1;
    if (this.#places > 0) return;
    this.#closing ??= this.#close();
    await this.#closing;
  }

  /** Hands a call over. Throws what keeps it from travelling; what becomes of it is its outcome. */
  send(call: CallOnBehalf, events: WorkerEvents): RemoteCall {
    const remote = new RemoteCall(this.#nextJobId(), call, events);
    const job = this.#job(remote);
    if (this.#settings.onDisconnect === 'reject' && this.#client.status !== 'ready')
      remote.refused(unreachable(this.#client.lastError));
    else this.#addSoon(remote, job);
    return remote;
  }

  #nextJobId(): string {
    this.#lastId += 1;
    return `${this.#caller}-${this.#lastId}`;
  }

  #job(remote: RemoteCall): Job {
    const { jobId, call } = remote;
    const { names, wire, orphans } = this.#settings;
    const module = names.of(call.module);
    const caller = { caller: this.#caller, keep: orphans === 'keep' };
    const { data: before } = remote;
    const data = before
      ? wire.signCall(jobId, before)
      : orNotCloneable(() => wire.writeCall(jobId, caller, module, call));
    if (this.#settings.retries > 0 && !remote.hasParts) remote.data = data;
    const opts = {
      jobId,
      priority: priorityOf(call.priority),
      removeOnComplete: { age: resultAge },
      removeOnFail: { age: resultAge },
    };
    return { name: `${module}.${call.name}`, data, opts };
  }

  #addSoon(call: RemoteCall, job: Job): void {
    this.#calls.set(call.jobId, call);
    this.#adding.push(call, job);
    if (this.#sweeping !== undefined) return;
    this.#events.hasMoved();
    this.#sweeping = setInterval(() => this.#track(this.#sweep()), silence).unref();
  }

  #added(call: RemoteCall): void {
    call.added();
    this.#takeBackIfCancelled(call);
  }

  #refuse(call: RemoteCall, error: ExecutorError): void {
    this.#over(call, () => {
      if (call.retried === 0) call.refused(error);
      else
        call.lost(
          'The worker host gave no sign of life any more, and Redis did not take the task for another one.',
          error,
        );
    });
  }

  /** Tells the host of a call; one that no host has is taken back. */
  control(call: RemoteCall, message: ControlMessage): void {
    if (call.state === 'over') return;
    if (message.type === 'credit') {
      call.credited += message.items;
      // What no host has begun does not hear of it: credit is given as items are read.
      if (call.state === 'active') this.#tellCredit(call);
      return;
    }
    // Written now, though it may be told later: where its reason cannot be, core gives another one.
    call.cancelled = this.#written(call, message);
    if (call.state !== 'adding') this.#takeBackIfCancelled(call);
  }

  #takeBackIfCancelled(call: RemoteCall): void {
    if (call.cancelled !== undefined && call.state !== 'over') this.#track(this.#takeBack(call, call.cancelled));
  }

  async #takeBack(call: RemoteCall, cancel: Signed): Promise<void> {
    // Atomic in Redis: either no host has it, nor will have, or one does, which is told.
    if ((await this.#queue.remove(call.jobId)) !== 1) this.#tell(call, cancel);
    else this.#over(call, () => call.withdrawn());
  }

  /** All that was ever given, so that it can be told twice. */
  #tellCredit(call: RemoteCall): void {
    this.#tell(call, this.#written(call, { type: 'credit', id: call.call.id, items: call.credited }));
  }

  #written(call: RemoteCall, message: ControlMessage): Signed {
    return this.#settings.wire.writeControl(call.jobId, message);
  }

  #tell(call: RemoteCall, signed: Signed): void {
    this.#track(
      this.#producer.publishEvent(
        { eventName: controlEvent, jobId: call.jobId, message: JSON.stringify(signed) },
        eventsKept,
      ),
    );
  }

  /** Nobody waits for the call any more. */
  abandon(call: RemoteCall): void {
    if (call.state === 'over') return;
    const reason = { root: { value: undefined }, errors: [] };
    this.control(call, { type: 'cancel', id: call.call.id, reason });
  }

  #over(call: RemoteCall, settle: () => void): void {
    this.#calls.delete(call.jobId);
    // BullMQ 6.7's timer would keep the process until its next look (X6).
    if (this.#calls.size === 0) this.#track(this.#hostWatch.end());
    settle();
  }

  /** Hears what becomes of the calls. */
  #listen(events: QueueEvents): void {
    const heard = (jobId: string, hear: (call: RemoteCall) => void): void => {
      const call = this.#calls.get(jobId);
      if (call !== undefined) hear(call);
    };
    events.on('active', ({ jobId }) => heard(jobId, (call) => call.active()));
    events.on('progress', ({ jobId, data }) => heard(jobId, (call) => this.#message(call, data)));
    events.on('completed', ({ jobId, returnvalue }) => heard(jobId, (call) => this.#completed(call, returnvalue)));
    events.on('failed', ({ jobId }) => heard(jobId, (call) => this.#track(this.#ask(call))));
    events.on('stalled', ({ jobId }) => heard(jobId, (call) => this.#track(this.#ask(call, { hasStalled: true }))));
    // By others: one that was cancelled is removed by this executor itself.
    events.on('removed', ({ jobId }) => heard(jobId, (call) => call.cancelled ?? this.#track(this.#ask(call))));
  }

  #message(call: RemoteCall, data: unknown): void {
    const read = this.#settings.wire.readMessage(call.jobId, data);
    if (read === undefined) {
      this.#settings.refusals.count('message');
      return;
    }
    const { place, message } = read;
    // A host whose connection was cut sends again what may have come.
    if (place < call.messages) return;
    call.active();
    if (place > call.messages && call.hasParts) this.#partsLost(call, place);
    else call.message(place, { ...message, id: call.call.id });
  }

  /** Redis keeps the last events only. The task would wait for its reader, who waits for what is gone. */
  #partsLost(call: RemoteCall, sent: number): void {
    this.abandon(call);
    this.#over(call, () => call.partsLost(sent));
  }

  #completed(call: RemoteCall, reply: unknown): void {
    const outcome = this.#settings.wire.readOutcome(call.jobId, reply);
    if (outcome !== undefined) {
      this.#deliver(call, outcome);
      return;
    }
    if (!isElsewhere(reply)) this.#settings.refusals.count('reply');
    // Whoever can write to Redis can say so: what the job itself has decides.
    this.#track(this.#ask(call));
  }

  /** Whether messages of a call that has ended may still come. */
  #isEarly(call: RemoteCall, hasMoved: boolean): boolean {
    if (!hasMoved) call.waits += 1;
    return call.waits < fewWaits && call.endedBy !== undefined && !this.#events.hasHeard(call.endedBy);
  }

  /** By what Redis has of a job that has ended: nothing else will come. */
  #finished(call: RemoteCall, reply: unknown, isEarly: boolean): void {
    const outcome = this.#settings.wire.readOutcome(call.jobId, reply);
    if (outcome !== undefined) {
      if (isEarly && outcome.sent > call.messages) return;
      this.#deliver(call, outcome);
      return;
    }
    this.#settings.refusals.count('reply');
    this.#over(call, () =>
      call.lost('The reply was not accepted: it is unsigned, altered, or larger than maxPayload of this executor.'),
    );
    this.#delivered.add(call.jobId);
  }

  #deliver(call: RemoteCall, outcome: Outcome): void {
    this.#over(call, () => call.ended(outcome));
    this.#delivered.add(call.jobId);
  }

  async #sweep(): Promise<void> {
    if (this.#calls.size === 0) {
      clearInterval(this.#sweeping);
      this.#sweeping = undefined;
      return;
    }
    // What is asked without an answer would be kept until there is one. With a new connection it is asked at once, see `#askAll`.
    if (this.#asking !== undefined || this.#client.status !== 'ready') return;
    const asking = this.#askSilent().finally(() => {
      this.#asking = undefined;
    });
    this.#asking = asking;
    if ((await asking) && !this.isClosed) await this.#events.restart();
  }

  /** Asks for the calls of which nothing was heard; returns whether events are missing, and none come. */
  async #askSilent(): Promise<boolean> {
    const before = performance.now() - silence;
    const hasMoved = this.#events.hasMoved();
    // Those first that were asked for least lately.
    const silent = [...this.#calls.values()]
      .filter(({ state, heardAt }) => state !== 'adding' && heardAt <= before)
      .sort((one, other) => one.heardAt - other.heardAt);
    if (silent.some(({ state }) => state === 'active') && !this.isClosed) this.#track(this.#hostWatch.start());
    const asking = silent.slice(0, asked);
    const found = await Promise.all(
      asking.map((call) => this.#ask(call, { mayWait: true, hasMoved }).catch((error) => this.#unasked(call, error))),
    );
    const isBehind = await this.#isBehind(asking);
    for (const call of [...this.#calls.values()]) this.#tellAgain(call, before);
    // What is large takes its time.
    return (found.includes(true) || isBehind) && !hasMoved;
  }

  /** Whether messages are in Redis that have not come yet. Where they are gone, their calls end. */
  async #isBehind(calls: readonly RemoteCall[]): Promise<boolean> {
    const reading = calls.filter((call) => call.state === 'active' && call.hasParts && !call.isReadSlowly);
    if (reading.length === 0) return false;
    const sent = Promise.all(reading.map(({ jobId }) => this.#jobs.sent(jobId)));
    // Asked for after those, and so behind all that they have sent.
    const [counts, last] = await Promise.all([sent, this.#jobs.lastEvent()]);
    let isBehind = false;
    for (const [place, call] of reading.entries()) {
      const count = counts[place] ?? 0;
      if (call.state !== 'active' || count <= call.messages) continue;
      if (this.#events.hasHeard(last)) this.#partsLost(call, count);
      else isBehind = true;
    }
    return isBehind;
  }

  /** A Redis that was full, or not yet itself again, may have refused it. Both can be told twice. */
  #tellAgain(call: RemoteCall, before: number): void {
    if (call.state !== 'waiting' && call.state !== 'active') return;
    if (call.cancelled !== undefined) this.#takeBackIfCancelled(call);
    else if (call.credited > 0 && call.state === 'active' && call.messageAt <= before) this.#tellCredit(call);
  }

  /**
   * Asks Redis what became of a call; returns whether it has ended, and no event has said so. One that `mayWait` is given time for the messages
   * that were not read yet: `hasMoved` says whether anything comes.
   */
  async #ask(call: RemoteCall, { hasStalled = false, mayWait = false, hasMoved = false } = {}): Promise<boolean> {
    call.heardAt = performance.now();
    const { jobId } = call;
    const isOther = () => call.state === 'over' || call.jobId !== jobId;
    const known = await this.#jobs.known(jobId);
    if (isOther()) return false;
    if (known?.hasCompleted === true) {
      const ended = await this.#jobs.reply(jobId);
      if (mayWait) call.endedBy ??= await this.#jobs.lastEvent();
      if (isOther()) return false;
      const isEarly = mayWait && this.#isEarly(call, hasMoved);
      // Who has removed it meanwhile is found out about next time.
      if (ended !== undefined) this.#finished(call, ended.reply, isEarly);
      return true;
    }
    if (call.state === 'adding') return false;
    if (known === undefined) {
      this.#over(call, () =>
        call.lost('Redis has no such job any more: it was restarted without its data, or somebody removed the job.'),
      );
      return false;
    }
    if (known.hasBegun) call.active();
    const { failure } = known;
    if (failure === undefined && !hasStalled && !(await this.#isAbandoned(call, known))) return false;
    if (isOther()) return false;
    const isHostGone = failure === undefined || failure === stalledReason;
    // BullMQ has put it back among those that wait, or it has failed: nobody is to take it up. One that a host is just failing goes by its age.
    this.#track(this.#queue.remove(jobId));
    if (isHostGone && call.retried < this.#settings.retries && call.again(this.#nextJobId())) {
      this.#calls.delete(jobId);
      this.#addSoon(call, this.#job(call));
      return true;
    }
    const why = isHostGone
      ? 'The worker host gave no sign of life any more.'
      : `The worker host did not run the task: ${failure}`;
    this.#over(call, () => call.lost(why));
    return true;
  }

  /** What Redis would not say of one of them is no reason for the others to wait. */
  #unasked(call: RemoteCall, error: unknown): boolean {
    if (call.state !== 'over' && /^WRONGTYPE\b/.test(error instanceof Error ? error.message : ''))
      this.#over(call, () =>
        call.lost('What Redis has in place of its job is none: somebody has put it there.', error),
      );
    return false;
  }

  /** Whether a host had it, and has not said for long that it still has. Where Redis is full, BullMQ 6.7 does not find out about that (R3). */
  async #isAbandoned(call: RemoteCall, { hasBegun, isHeld }: Known): Promise<boolean> {
    // What was given back to the others is not among those that run.
    if (!hasBegun || isHeld || !(await this.#jobs.isActive(call.jobId))) {
      call.unheldSince = undefined;
      return false;
    }
    call.unheldSince ??= performance.now();
    return performance.now() - call.unheldSince >= silence;
  }

  /** Whatever happened meanwhile, and whether Redis still has its data. */
  #askAll(): void {
    if (this.#calls.size === 0 || this.isClosed) return;
    this.#track(this.#askAllNow());
  }

  async #askAllNow(): Promise<void> {
    // Its answers may be from before.
    await this.#asking?.catch(() => {});
    for (const call of this.#calls.values()) call.heardAt = 0;
    await this.#sweep();
  }

  #disconnected(): void {
    if (this.isClosed) return;
    for (const call of [...this.#calls.values()]) {
      // What is on its way is sent again by ioredis, and may run yet.
      if (call.state === 'adding' && !call.isKnown) this.#refuse(call, unreachable(this.#client.lastError));
      else this.#over(call, () => call.lost('The connection to Redis was lost (onDisconnect).'));
    }
  }

  #track(work: Promise<unknown>): void {
    const done = work.catch(() => {}).finally(() => this.#underway.delete(done));
    this.#underway.add(done);
  }

  /** Where nobody uses the queue any more, nobody reads its events: Redis is as small as before. Whoever does all the same asks, see `#sweep`. */
  async #tidy(): Promise<void> {
    const counts = await this.#queue.getJobCounts('waiting', 'prioritized', 'active', 'completed');
    if (Object.values(counts).some((count) => count > 0)) return;
    await this.#queue.trimEvents(0);
  }

  async #close(): Promise<void> {
    clearInterval(this.#sweeping);
    clearTimeout(this.#late);
    // For ever is for tasks: a Redis that is gone may stay so.
    const stopTimeout = Math.min(this.#settings.stopTimeout, longestStop);
    this.#track(this.#delivered.remove());
    await within(stopTimeout, Promise.all(this.#underway));
    await within(stopTimeout, this.#hostWatch.end());
    await within(stopTimeout, Promise.allSettled([this.#heartbeat.end(), this.#tidy()]));
    const ends = [this.#events, this.#producer, this.#queue].map((part) => part.close().catch(() => {}));
    await within(stopTimeout, Promise.all(ends));
    await disconnect(this.#client, stopTimeout);
  }
}

/** BullMQ's priority for one of ours. It knows whole numbers only, and of ours those within a million of 0. */
function priorityOf(priority = 0): number {
  return Math.min(lowestPriority, Math.max(1, middlePriority - Math.round(priority)));
}

// What core cannot see before V8 writes it: a value that changes while it is looked at.
function orNotCloneable<T>(write: () => T): T {
  try {
    return write();
  } catch (cause) {
    if (cause instanceof ExecutorError) throw cause;
    throw new NotCloneableError('The arguments could not be sent.', { path: 'args', side: 'argument', cause });
  }
}
