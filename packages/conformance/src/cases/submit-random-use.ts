import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { asCompleted, type Executor, type Future, type Submitter, wait } from '@anypool/core';
import type { CaseContext, ConformanceCase } from '../case.js';
import { RandomNumbers } from './random-numbers.js';

const seeds = [1, 2, 3, 4] as const;
const steps = 60;
const acts = [
  ...(['add', 'add', 'add', 'flood', 'turn', 'turn'] as const),
  ...(['cancel', 'complete', 'look', 'map', 'ready', 'scope', 'stream'] as const),
] as const;

/** Whatever an executor can be asked for, in random order, by code that leaves much of it half done. */
class RandomUse {
  readonly #context: CaseContext;
  readonly #random: RandomNumbers;
  readonly #executor: Executor;
  readonly #submitters: readonly [Submitter, ...Submitter[]];
  readonly #aborter = new AbortController();
  readonly #futures: Future<unknown>[] = [];
  /** All that is to settle, and what is found to be wrong when it does. */
  readonly #ends: Promise<unknown>[] = [];

  constructor(context: CaseContext, seed: number) {
    this.#context = context;
    const random = new RandomNumbers(seed);
    this.#random = random;
    const { capabilities } = context;
    const executor = context.create({
      maxWorkers: random.between(1, 3),
      ...(random.happens(0.4) && { maxQueue: random.one([0, 1, 5]) }),
      ...(capabilities.terminate && { cancelGrace: random.one([0, 20, Number.POSITIVE_INFINITY]) }),
      ...(capabilities.isolation && random.happens(0.4) && { idleTimeout: random.one([0, 5]) }),
      ...(capabilities.recycle && random.happens(0.3) && { maxTasksPerWorker: random.between(5, 20) }),
    });
    this.#executor = executor;
    this.#submitters = [
      executor,
      executor.with({ priority: 1 }),
      executor.with({ signal: this.#aborter.signal }),
      executor.with({ timeout: 100, runTimeout: 40 }),
      executor.limit(1),
      executor.limit(2),
    ];
  }

  async run(): Promise<void> {
    for (let step = 0; step < steps; step += 1) await this[this.#random.one(acts)]();
    if (this.#random.happens(0.3)) this.#aborter.abort();
    const shutdown = this.#random.one([{}, {}, { cancelPending: true }, { timeout: 20 }]);
    await (this.#random.happens(0.3) ? this.#executor.terminate() : this.#executor.shutdown(shutdown));
    const failures = (await Promise.all(this.#ends)).filter((failure) => failure instanceof assert.AssertionError);
    assert.deepEqual(failures, []);
    const { active, queued, running } = this.#executor.stats();
    assert.deepEqual([this.#executor.state, active, queued, running], ['closed', [], 0, 0]);
  }

  /** What fails by the task's will is no matter; what is asserted of a result is. */
  #watch(end: Promise<unknown>): void {
    this.#ends.push(
      end.then(
        () => undefined,
        (error: unknown) => error,
      ),
    );
  }

  #submit(submitter: Submitter): Future<unknown> {
    const { basics, control } = this.#context.tasks;
    const a = this.#random.between(0, 1000);
    const future: Future<unknown> = this.#random.happens(0.1)
      ? submitter.submit(control.failWith, 'by its own will')
      : submitter.submit(this.#random.one([basics.add, basics.add, basics.addLater]), a, 1);
    this.#futures.push(future);
    this.#watch(future.then((sum) => assert.equal(sum, a + 1)));
    return future;
  }

  add(): void {
    this.#submit(this.#random.one(this.#submitters));
  }

  flood(): void {
    const submitter = this.#random.one(this.#submitters);
    for (let n = this.#random.between(2, 20); n > 0; n -= 1) this.#submit(submitter);
  }

  cancel(): void {
    for (const future of this.#futures) if (this.#random.happens(0.1)) future.cancel();
  }

  look(): void {
    const { queued, running, workers } = this.#executor.stats();
    const { maxWorkers } = this.#executor;
    assert.ok(queued >= 0 && running >= 0 && running <= maxWorkers && workers <= maxWorkers);
  }

  async turn(): Promise<void> {
    await (this.#random.happens(0.5) ? null : pause(this.#random.between(0, 5)));
  }

  ready(): void {
    const use = async (): Promise<void> => {
      for (let round = 0; round < 3; round += 1) {
        await this.#executor.ready();
        this.#submit(this.#executor);
      }
    };
    this.#watch(use());
  }

  map(): void {
    const { basics } = this.#context.tasks;
    const items = Array.from({ length: this.#random.between(0, 30) }, (_, n) => n);
    const results = this.#random.one(this.#submitters).map(basics.echo, items, {
      chunkSize: this.#random.one([1, 1, 4, 'auto'] as const),
      ordered: this.#random.happens(0.7),
      ...(this.#random.happens(0.3) && { buffer: this.#random.between(1, 20) }),
    });
    const leaveAt = this.#random.happens(0.3) ? this.#random.between(1, 10) : undefined;
    const use = async (): Promise<void> => {
      const seen = await readTo(leaveAt, results);
      assert.equal(new Set(seen).size, seen.length);
      if (leaveAt === undefined) assert.equal(seen.length, items.length);
    };
    this.#watch(use());
  }

  stream(): void {
    if (!this.#context.capabilities.stream) return;
    const { streams } = this.#context.tasks;
    const length = this.#random.between(0, 40);
    const view = this.#random.one(this.#submitters).with({ highWaterMark: this.#random.between(1, 8) });
    const items = view.stream(this.#random.happens(0.5) ? streams.count : streams.countSync, length);
    const leaveAt = this.#random.happens(0.4) ? this.#random.between(1, 10) : undefined;
    const use = async (): Promise<void> => {
      const seen = await readTo(leaveAt, items);
      assert.deepEqual(seen, [...seen.keys()]);
      if (leaveAt === undefined) assert.equal(seen.length, length);
    };
    this.#watch(use());
  }

  scope(): void {
    const policy = this.#random.one(['all', 'settle'] as const);
    const tasks = this.#random.between(1, 5);
    const futures: Future<unknown>[] = [];
    const use = async (): Promise<void> => {
      const group = this.#executor.scope(
        async (submitter) => {
          for (let n = 0; n < tasks; n += 1) futures.push(this.#submit(submitter));
          if (this.#random.happens(0.3)) throw new Error('the body leaves');
          if (this.#random.happens(0.5)) await Promise.allSettled(futures);
        },
        { policy },
      );
      await group.catch(() => {});
      assert.ok(futures.every(isSettled));
    };
    this.#watch(use());
  }

  complete(): void {
    const futures = this.#futures.slice(-10);
    const returnWhen = this.#random.one(['ALL_COMPLETED', 'FIRST_COMPLETED', 'FIRST_EXCEPTION'] as const);
    if (futures.length > 0) this.#watch(wait(futures, { returnWhen }));
    const use = async (): Promise<void> => {
      let seen = 0;
      for await (const future of asCompleted(futures)) {
        assert.ok(isSettled(future));
        seen += 1;
      }
      assert.equal(seen, futures.length);
    };
    this.#watch(use());
  }
}

async function readTo(leaveAt: number | undefined, results: AsyncIterable<unknown>): Promise<unknown[]> {
  const seen: unknown[] = [];
  for await (const result of results) {
    seen.push(result);
    if (seen.length === leaveAt) break;
  }
  return seen;
}

function isSettled({ state }: Future<unknown>): boolean {
  return state !== 'queued' && state !== 'running';
}

/** S4 over the whole interface: no call of it waits for ever, whatever comes together. */
export const randomUseCases: readonly ConformanceCase[] = seeds.map((seed) => ({
  id: `S4-random-use-${seed}`,
  rule: 'S4',
  title: `of maps, streams, scopes, limits and waits at random, each ends, and so does their executor (seed ${seed})`,
  kinds: ['thread', 'process', 'inline'],
  cap: 30_000,
  run: (context) => new RandomUse(context, seed).run(),
}));
