import assert from 'node:assert/strict';
import type { CaseContext, ConformanceCase } from '../case.js';

/** How often as much cancelling may cost as submitting. */
const smallMultiple = 8;
/**
 * How often as much a task may cost with a hundred times as many queued. A scan of the queue would make it a hundred times; memory that no
 * longer fits into the caches has been seen to make it ten.
 */
const atAnyLength = 25;
// Few enough to be queued in no time, and many enough that a look at each of them would be felt beside the rest of a task's way.
const few = 1_000;
const many = 100 * few;

/** References, of two thousand. What an executor did last is still in its hands. */
const fewKept = 4;

/**
 * Text for scripts: `blocked()` makes an executor whose one worker is busy for good, and `best(rounds, measure)` the shortest of several times.
 * Shortest, since all that can come between makes it longer.
 */
const measuringText = `
  async function blocked(name, options) {
    const executor = createExecutor({ maxWorkers: 1, ...options });
    const blocker = executor.submit(tasks.control.awaitForever, { file: name });
    blocker.catch(() => {});
    while (blocker.state !== 'running') await new Promise((resolve) => setTimeout(resolve, 1));
    return executor;
  }
  async function best(rounds, measure) {
    const results = [];
    for (let round = 0; round < rounds; round += 1) {
      gc();
      results.push(await measure(round));
    }
    return Object.fromEntries(Object.keys(results[0]).map((key) => [key, Math.min(...results.map((result) => result[key]))]));
  }
  function timed(times, key, act) {
    // Not the time on the clock, of which others use some as well.
    const since = process.cpuUsage();
    act();
    const { user, system } = process.cpuUsage(since);
    times[key] = (times[key] ?? 0) + (user + system) / 1000;
  }
  let state = 1;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  function shuffled(list) {
    for (let i = list.length - 1; i > 0; i -= 1) {
      const j = Math.floor(random() * (i + 1));
      [list[i], list[j]] = [list[j], list[i]];
    }
    return list;
  }
`;

/** Runs a script that prints one object as JSON, and gives that. */
async function measured<T>(context: CaseContext, text: string): Promise<T> {
  const { stdout, stderr, exitCode } = await context.script(`${measuringText}\n${text}`, {
    // Room for what a measurement makes, so that none pays for collecting what another left.
    execArgv: ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256'],
  });
  assert.deepEqual({ stderr, exitCode }, { stderr: '', exitCode: 0 });
  return JSON.parse(stdout) as T;
}

type Times = Readonly<Record<string, number>>;

function assertWithin(factor: number, large: Times, small: Times): void {
  for (const [what, time] of Object.entries(large)) {
    const ratio = time / (small[what] ?? 0);
    assert.ok(ratio <= factor, `${what} costs ${ratio.toFixed(1)} times as much, expected at most ${factor} times`);
  }
}

/** C5, C6, C8 and Q3 where they speak of time and memory. Times are compared within one run, so that no machine is too slow. */
export const measuredCases: readonly ConformanceCase[] = [
  {
    id: 'C8-costs-as-much-as-submitting',
    rule: 'C8',
    title: 'cancelling 100,000 queued tasks costs at most a small multiple of submitting them',
    alone: true,
    cap: 120_000,
    async run(context) {
      const { submit, cancel } = await measured<{ submit: number; cancel: number }>(
        context,
        `
        const executor = await blocked('trace');
        const times = await best(3, async () => {
          const times = {};
          let futures;
          timed(times, 'submit', () => { futures = Array.from({ length: 100_000 }, (_, i) => executor.submit(tasks.basics.add, i, 1)); });
          shuffled(futures);
          timed(times, 'cancel', () => { for (const future of futures) future.cancel(); });
          await Promise.allSettled(futures);
          return times;
        });
        await executor.terminate();
        console.log(JSON.stringify(times));
        `,
      );
      assert.ok(cancel <= smallMultiple * submit, `cancelling took ${cancel} ms, submitting ${submit} ms`);
    },
  },
  {
    id: 'C8-arguments-are-released',
    rule: 'C8',
    title: 'the arguments of 100,000 cancelled tasks are released while their Futures live and the task ahead goes on',
    cap: 60_000,
    async run(context) {
      const kept = await measured<number>(
        context,
        `
        const executor = await blocked('trace');
        const references = [];
        const submit = (i) => {
          const argument = { number: i };
          references.push(new WeakRef(argument));
          return executor.submit(tasks.basics.echo, argument);
        };
        const futures = Array.from({ length: 100_000 }, (_, i) => submit(i));
        for (const future of futures) future.cancel();
        await Promise.allSettled(futures);
        const kept = () => references.filter((reference) => reference.deref() !== undefined).length;
        for (let round = 0; round < 20 && kept() > 0; round += 1) {
          // What was looked at in a turn is kept to its end.
          await new Promise((resolve) => setTimeout(resolve, 5));
          gc();
        }
        console.log(JSON.stringify(kept()));
        if (futures[0].state !== 'cancelled') throw new Error('They are to be there still.');
        await executor.terminate();
        `,
      );
      assert.equal(kept, 0);
    },
  },
  {
    id: 'C6-holds-no-memory',
    rule: 'C6',
    title: 'one signal over 100,000 tasks has one listener, warns of nothing, and keeps nothing of those that settled',
    cap: 60_000,
    async run(context) {
      const result = await measured<{ during: number; after: number; kept: number }>(
        context,
        `
        const { getEventListeners } = await import('node:events');
        const executor = createExecutor({ maxWorkers: 1 });
        const controller = new AbortController();
        const listeners = () => getEventListeners(controller.signal, 'abort').length;
        const view = executor.with({ signal: controller.signal });
        const references = [];
        async function all() {
          const futures = Array.from({ length: 100_000 }, (_, i) => {
            const argument = { number: i };
            const future = view.submit(tasks.basics.echo, argument);
            if (i % 100 === 0) references.push(new WeakRef(argument), new WeakRef(future));
            return future;
          });
          const during = listeners();
          // Most are cancelled one by one, which ends the case sooner; a thousand run.
          for (const [i, future] of futures.entries()) if (i % 100 !== 0) future.cancel();
          await Promise.allSettled(futures);
          return during;
        }
        const during = await all();
        const kept = () => references.filter((reference) => reference.deref() !== undefined).length;
        for (let round = 0; round < 20 && kept() > ${fewKept}; round += 1) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          gc();
        }
        console.log(JSON.stringify({ during, after: listeners(), kept: kept() }));
        controller.abort();
        await executor.shutdown();
        `,
      );
      assert.ok(result.kept <= fewKept, `${result.kept} of 2000 are kept`);
      assert.deepEqual({ during: result.during, after: result.after }, { during: 1, after: 0 });
    },
  },
  {
    id: 'Q3-cost-at-any-length',
    rule: 'Q3',
    title:
      'submitting and cancelling from the head, the tail and the middle cost the same per task at 1,000 queued and at 100,000, under limits too',
    alone: true,
    cap: 180_000,
    async run(context) {
      const { small, large } = await measured<{ small: Times; large: Times }>(
        context,
        `
        const executor = await blocked('trace', { maxQueue: 1e9 });
        const priorities = Array.from({ length: 100 }, (_, priority) => executor.with({ priority }));
        const same = (futures) => futures;
        // Each gives the view of a task by its number, of so many, and the order of their cancels.
        const plans = {
          head: () => [() => executor, same],
          tail: () => [() => executor, (futures) => futures.reverse()],
          middle: () => [() => executor, shuffled],
          priorities: () => [(i) => priorities[(i * 7919) % 100], shuffled],
          limit(length) {
            const limited = executor.limit(length / 2);
            const [low, high] = [limited, limited.with({ priority: 1 })];
            return [(i) => (i < length / 2 ? low : high), shuffled];
          },
          limits(length) {
            const limits = Array.from({ length: length / 2 }, () => executor.limit(1));
            return [(i) => limits[i % limits.length], same];
          },
        };
        // Times are per task, of so many tasks in rounds of 'length'. V8 collects when the room for what is young is full, and of what many tasks
        // make, that is in the middle of the second or third measure: each begins with all the room.
        async function queueAndCancel(length, rounds) {
          const times = {};
          for (const [name, plan] of Object.entries(plans)) {
            for (let round = 0; round < rounds; round += 1) {
              const [view, order] = plan(length);
              let futures;
              if (round === 0) gc();
              timed(times, 'submit ' + name, () => {
                futures = Array.from({ length }, (_, i) => view(i).submit(tasks.basics.add, i, 1));
              });
              futures = order(futures);
              if (round === 0) gc();
              timed(times, 'cancel ' + name, () => { for (const future of futures) future.cancel(); });
              await Promise.allSettled(futures);
            }
          }
          return Object.fromEntries(Object.entries(times).map(([key, time]) => [key, time / length / rounds]));
        }
        await queueAndCancel(${few}, 5);
        const large = await queueAndCancel(${many}, 1);
        const small = await best(2, () => queueAndCancel(${few}, 5));
        await executor.terminate();
        console.log(JSON.stringify({ small, large }));
        `,
      );
      assertWithin(atAnyLength, large, small);
    },
  },
  {
    id: 'Q3-starts-at-any-length',
    rule: 'Q3',
    title: 'starting and settling a task cost the same with 2,000 queued and with 200,000',
    alone: true,
    cap: 120_000,
    async run(context) {
      const { small, large } = await measured<{ small: Times; large: Times }>(
        context,
        `
        // Fewer would be done by the time that anybody looks.
        async function run(length) {
          const executor = createExecutor({ maxWorkers: 1 });
          await executor.submit(tasks.basics.add, 1, 1);
          const futures = Array.from({ length }, (_, i) => executor.with({ priority: i % 3 }).submit(tasks.basics.add, i, 1));
          const first = futures.filter((_, i) => i % 3 === 2).slice(0, 500);
          // From before anybody has looked: later, a quick worker may be through with all of them, and nothing is left to measure.
          const since = performance.now();
          await Promise.all(first);
          const time = performance.now() - since;
          const settled = Promise.allSettled(futures);
          await executor.terminate();
          await settled;
          return { 'starting and settling': time };
        }
        await run(2_000);
        const small = await best(3, () => run(2_000));
        const [[what, time]] = Object.entries(small);
        // A clock counts what others do as well: several long runs in a row are not all disturbed.
        let large = await best(2, () => run(200_000));
        for (let more = 0; more < 4 && large[what] > ${atAnyLength} * time; more += 1) large = await best(1, () => run(200_000));
        console.log(JSON.stringify({ small, large }));
        `,
      );
      assertWithin(atAnyLength, large, small);
    },
  },
  {
    id: 'Q3-a-million-tasks',
    rule: 'Q3',
    title: 'a million queued empty tasks fit in 1 GB and complete',
    cap: 300_000,
    async run({ capabilities, kind, script }) {
      // It is the caller's memory, whatever kind the workers are, and to send a million tasks to processes, or by way of somebody else's pool,
      // takes long: a part of them tells as much. With as small a part of the heap, V8 would do little else than to collect garbage.
      const count = kind === 'inline' || (kind === 'thread' && capabilities.isolation) ? 1_000_000 : 20_000;
      const { stdout, stderr, exitCode } = await script(
        `
        const executor = createExecutor({ maxWorkers: 2, starvationThreshold: Infinity });
        const used = () => (gc(), process.memoryUsage().heapUsed);
        const before = used();
        const futures = Array.from({ length: ${count} }, () => executor.submit(tasks.basics.nothing));
        const bytes = (used() - before) / futures.length;
        for (const future of futures) await future;
        await executor.shutdown();
        console.log(futures.every(({ state }) => state === 'fulfilled') && (bytes < 1024 || bytes));
        `,
        { execArgv: ['--max-old-space-size=1024', '--expose-gc'] },
      );
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'true\n', stderr: '', exitCode: 0 });
    },
  },
];
