import type { Processor, WorkerOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { Worker } from './bullmq.js';

/** What a host is connected by. */
export interface HostConnections {
  readonly client: Redis;
  /** For what may be large: it keeps whatever comes behind it on its connection waiting. */
  readonly bulk: Redis;
}

/** Takes a queue's jobs, and says by their locks that it lives. */
export class HostWorker extends Worker {
  readonly #connections: HostConnections;

  constructor(connections: HostConnections, queue: string, run: Processor, options: Omit<WorkerOptions, 'connection'>) {
    super(queue, run, { ...options, connection: connections.client });
    this.#connections = connections;
  }

  // BullMQ 6.7 sets the locks anew, which a Redis that is full refuses, and waits for the answer, which may be behind large arguments: what
  // runs would be lost (R3). Nobody else has the lock of a job that runs here.
  override async extendJobLocks(jobIds: string[], _tokens: string[], duration: number): Promise<string[]> {
    const { client, bulk } = this.#connections;
    // A host that cannot tell what becomes of its tasks is as good as dead.
    if (client.status !== 'ready' || bulk.status !== 'ready') return [];
    const pipeline = client.pipeline();
    for (const jobId of jobIds) pipeline.pexpire(this.toKey(`${jobId}:lock`), duration);
    pipeline.exec().catch(() => {});
    return [];
  }
}
