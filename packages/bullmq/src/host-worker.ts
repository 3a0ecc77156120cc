import type { Job, Processor, Span, WorkerOptions } from 'bullmq';
import { Worker } from './bullmq.js';
import { type QuietRedis, within } from './connection.js';
import { SilenceWatch } from './silence-watch.js';
import { untilTaken } from './unreachable.js';

/** ms between looks at whether Redis says anything. */
const interval = 5000;

/** What a host is connected by. */
export interface HostConnections {
  readonly client: QuietRedis;
  /** For what may be large: it keeps whatever comes behind it on its connection waiting. */
  readonly bulk: QuietRedis;
}

/** Takes a queue's jobs, and says by their locks that it lives. */
export class HostWorker extends Worker {
  readonly #connections: HostConnections;
  readonly #lockDuration: number;
  /** Jobs that came here, until Redis has been told what became of them. */
  readonly #taken = new Set<string | undefined>();

  constructor(
    connections: HostConnections,
    queue: string,
    run: Processor,
    options: Omit<WorkerOptions, 'connection'> & { readonly lockDuration: number },
  ) {
    super(queue, run, { ...options, connection: connections.client });
    this.#connections = connections;
    this.#lockDuration = options.lockDuration;
    // What could not be renewed meanwhile may have little time left.
    const renewAll = () => this.#renew(this.lockManager.getTrackedJobIds());
    for (const connection of [connections.client, connections.bulk]) connection.on('ready', renewAll);
    this.on('active', ({ id }) => void this.#taken.add(id));
    this.on('completed', ({ id }) => void this.#taken.delete(id));
    this.on('failed', (job) => void this.#taken.delete(job?.id));
    connections.client.on('ready', () => void this.#giveBack().catch(() => {}));
    for (const connection of [connections.client, connections.bulk]) watchSilence(connection);
  }

  /**
   * Gives others what never came: the answer that had it was lost with its connection. ioredis 5 asks again, BullMQ 6.7 has another job by that,
   * and the first one would be lost (R3).
   */
  async #giveBack(): Promise<void> {
    const { client } = this.#connections;
    // Asked for after all that was asked for again: what Redis has given by then has come, or never will.
    const active = await client.lrange(this.toKey('active'), 0, -1);
    if (active.length === 0) return;
    const locks = await client.mget(active.map((jobId) => this.toKey(`${jobId}:lock`)));
    // BullMQ tells of what came some ticks later.
    await new Promise(setImmediate);
    for (const [place, jobId] of active.entries()) {
      const token = locks[place];
      if (!token?.startsWith(`${this.id}:`) || this.#taken.has(jobId)) continue;
      // Rejects for one that has another lock by now, or none.
      const given = await this.backend.moveJobFromActiveToWait(jobId, token).catch(() => undefined);
      // BullMQ's script wakes nobody.
      if (given !== undefined) await client.zadd(this.toKey('marker'), 0, '0').catch(() => {});
    }
  }

  protected override async callProcessJob(job: Job, token: string, signal?: AbortSignal): Promise<unknown> {
    // Its lock is from when it was given away, and large arguments may have been on their way for long.
    if (job.id !== undefined && Date.now() - (job.processedOn ?? 0) > this.#lockDuration / 4) this.#renew([job.id]);
    return super.callProcessJob(job, token, signal);
  }

  // What a failover refuses, BullMQ 6.7 would replace by a failure of that name (R3).
  protected override async handleCompleted(
    result: unknown,
    job: Job,
    token: string,
    fetchNext?: () => boolean,
    span?: Span,
  ): Promise<Job> {
    return this.untilTaken(() => super.handleCompleted(result, job, token, fetchNext, span));
  }

  /** Tries again what Redis refuses for now: not for longer than others take the job for this host's. */
  untilTaken<T>(write: () => Promise<T>): Promise<T> {
    return untilTaken(this.#lockDuration, write);
  }

  /** Whether Redis answers within so many ms. What is large takes its time, and the answer is behind it. */
  async isAnswered(limit: number): Promise<boolean> {
    if (!this.#isConnected) return false;
    const { client } = this.#connections;
    const { stream } = client;
    const before = stream.bytesRead;
    let isAnswered = false;
    const answered = client.ping().then(() => {
      isAnswered = true;
    });
    await within(limit, Promise.allSettled([answered]));
    return (isAnswered || stream.bytesRead !== before) && this.#isConnected;
  }

  /** Whether it can tell what becomes of its tasks. */
  get #isConnected(): boolean {
    const { client, bulk } = this.#connections;
    return client.status === 'ready' && bulk.status === 'ready';
  }

  // BullMQ 6.7 sets the locks anew, which a Redis that is full refuses, and waits for the answer, which may be behind large arguments: what
  // runs would be lost (R3). Nobody else has the lock of a job that runs here.
  override async extendJobLocks(jobIds: string[]): Promise<string[]> {
    this.#renew(jobIds);
    return [];
  }

  /** A host that cannot tell what becomes of its tasks is as good as dead, and does not. */
  #renew(jobIds: readonly string[]): void {
    if (!this.#isConnected || jobIds.length === 0) return;
    const pipeline = this.#connections.client.pipeline();
    for (const jobId of jobIds) pipeline.pexpire(this.toKey(`${jobId}:lock`), this.#lockDuration);
    pipeline.exec().catch(() => {});
  }
}

function watchSilence(connection: QuietRedis): void {
  const watch = new SilenceWatch(connection);
  const looking = setInterval(() => watch.look(() => connection.ping()), interval).unref();
  connection.once('end', () => clearInterval(looking));
}
