import { type ExecutorError, QueueFullError } from '@anypool/core';
import type { Queue } from './bullmq.js';
import type { QuietRedis } from './connection.js';
import type { Hosts } from './hosts.js';
import type { RemoteCall } from './remote-call.js';
import { isPassing, unreachable } from './unreachable.js';

/** ms until something is tried again that a lost connection kept from being done. */
const pause = 100;

export type Job = Parameters<Queue['addBulk']>[0][number];

interface Addition {
  readonly call: RemoteCall;
  readonly job: Job;
}

export interface AddingOptions {
  readonly client: QuietRedis;
  readonly queue: Queue;
  readonly hosts: Hosts;
  readonly maxQueue: number;
  readonly onDisconnect: 'wait' | 'reject';
  /** Whether the connections are being closed. */
  readonly isClosed: () => boolean;
  readonly track: (work: Promise<unknown>) => void;
  readonly added: (call: RemoteCall) => void;
  readonly refused: (call: RemoteCall, error: ExecutorError) => void;
  /** A call was cancelled before Redis has heard of it. */
  readonly spared: (call: RemoteCall) => void;
}

/** The way of calls into Redis: those of one turn go together, and each is added or refused in the end. */
export class Adding {
  readonly #options: AddingOptions;
  #next: Addition[] = [];

  constructor(options: AddingOptions) {
    this.#options = options;
  }

  push(call: RemoteCall, job: Job): void {
    if (this.#next.push({ call, job }) === 1) queueMicrotask(() => this.#options.track(this.#add()));
  }

  async #add(): Promise<void> {
    const { queue, added, refused } = this.#options;
    const isWanted = ({ call }: Addition) => call.state === 'adding' && !this.#isSpared(call);
    let adding = this.#next.filter(isWanted);
    this.#next = [];
    try {
      const room = await this.#room();
      // Some may have been refused or cancelled meanwhile.
      adding = adding.filter(isWanted);
      for (const { call } of adding.splice(room)) refused(call, this.#queueFull());
      for (const { call } of adding) call.isKnown = true;
      const [first, ...others] = adding;
      if (first !== undefined && others.length === 0) await queue.add(first.job.name, first.job.data, first.job.opts);
      else if (first !== undefined) await queue.addBulk(adding.map(({ job }) => job));
      for (const { call } of adding) added(call);
    } catch (error) {
      if (this.#waitsOut(error)) this.#addAgain(adding);
      else await this.#refuseAbsent(adding, error);
    }
  }

  #isSpared(call: RemoteCall): boolean {
    if (call.cancelled === undefined || call.isKnown) return false;
    this.#options.spared(call);
    return true;
  }

  /** Whether what failed is tried again. */
  #waitsOut(error: unknown): boolean {
    return this.#options.onDisconnect === 'wait' && isPassing(error) && !this.#options.isClosed();
  }

  /** Of those that go together, a Redis that is nearly full takes some: these are accepted, though adding them all has failed. */
  async #refuseAbsent(adding: readonly Addition[], error: unknown): Promise<void> {
    const { client, queue, added, refused } = this.#options;
    // Whatever is heard of a call, its host or its end, tells that it is there.
    const unheard = adding.filter(({ call }) => call.state === 'adding');
    try {
      const there = await Promise.all(unheard.map(({ call }) => client.exists(queue.toKey(call.jobId))));
      for (const [place, { call }] of unheard.entries()) {
        if (there[place] === 1) added(call);
        else if (call.state === 'adding') refused(call, unreachable(error));
      }
    } catch (cause) {
      if (this.#waitsOut(cause)) this.#addAgain(unheard);
      else for (const { call } of unheard) refused(call, unreachable(error));
    }
  }

  /** The connection was lost while they were added: what Redis has got of them, it takes for the same by its id, and nothing is added twice. */
  #addAgain(adding: readonly Addition[]): void {
    setTimeout(() => {
      // Not by push(...), whose arguments would be more than the stack holds: nobody bounds what is submitted in a turn.
      this.#next = [...this.#next, ...adding];
      this.#options.track(this.#add());
    }, pause).unref();
  }

  /** How many more may wait in Redis. */
  async #room(): Promise<number> {
    const { queue, hosts, maxQueue } = this.#options;
    if (maxQueue === Number.POSITIVE_INFINITY) return maxQueue;
    const [{ waiting = 0, prioritized = 0, active = 0 }, capacity] = await Promise.all([
      queue.getJobCounts('waiting', 'prioritized', 'active'),
      hosts.capacity(),
    ]);
    // What a free host is about to take does not wait for a place (Q1).
    return Math.max(0, maxQueue + Math.max(0, capacity - active) - waiting - prioritized);
  }

  #queueFull(): QueueFullError {
    const { queue, maxQueue } = this.#options;
    return new QueueFullError(
      `The queue '${queue.name}' in Redis has ${maxQueue} tasks waiting already (maxQueue); submit later, or start more hosts.`,
      { maxQueue },
    );
  }
}
