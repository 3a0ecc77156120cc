import type { Processor, WorkerOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { Worker } from './bullmq.js';

/** Takes a queue's jobs, and says by their locks that it lives. */
export class HostWorker extends Worker {
  readonly #client: Redis;

  constructor(client: Redis, queue: string, run: Processor, options: Omit<WorkerOptions, 'connection'>) {
    super(queue, run, { ...options, connection: client });
    this.#client = client;
  }

  // BullMQ 6.7 sets the locks anew, which a Redis that is full refuses: what runs for longer than they last would be lost (R3).
  override async extendJobLocks(jobIds: string[], _tokens: string[], duration: number): Promise<string[]> {
    const pipeline = this.#client.pipeline();
    for (const jobId of jobIds) pipeline.pexpire(this.toKey(`${jobId}:lock`), duration);
    const results = (await pipeline.exec()) ?? [];
    return jobIds.filter((_, place) => results[place]?.[1] !== 1);
  }
}
