import { availableParallelism } from 'node:os';
import {
  defaultMaxWorkers,
  ExecutorError,
  getDefaultExecutor,
  setDefaultExecutor,
  shutdownDefaultExecutor,
  tasksFrom,
} from 'anypool';
import type { CheckContext, Seen } from '../checks/check.js';
import { statesOf } from '../checks/outcomes.js';
import { exportOrders, whereOrdersRun } from '../sharing/orders.js';
import { search, searchSlowly } from '../sharing/search.js';
import type { Section } from './section.js';

const probes = tasksFrom<typeof import('../tasks/probes.js')>(new URL('../tasks/probes.js', import.meta.url));

/** Two modules that use the default executor without knowing of each other, and the executor of its own that one of them may have. */
export const sharing: Section = {
  title: '4. The default executor: shared by all who name none',
  checks: [
    {
      id: '4.1',
      title: 'it is made at its first use, and starts what it needs',
      expected: { threadsBefore: 0, threadsAfterOneTask: 1, threadsAfterShutdown: 0 },
      run: (context) =>
        afresh(async () => {
          const threadsBefore = context.workers.threads();
          await whereOrdersRun();
          const threadsAfterOneTask = context.workers.threads();
          await shutdownDefaultExecutor();
          return { facts: { threadsBefore, threadsAfterOneTask, threadsAfterShutdown: context.workers.threads() } };
        }),
    },
    {
      id: '4.2',
      title: 'it runs min(32, usable CPUs + 4) tasks at once',
      expected: () => ({ maxWorkers: documentedSize(), atOnce: documentedSize(), moreThanThat: '2 queued' }),
      run: (context) =>
        afresh(async () => {
          const size = defaultMaxWorkers();
          const gate = await context.makeGate();
          const orders = exportOrders(gate.port, size + 2);
          await gate.arrived(size);
          const moreThanThat = statesOf(orders.slice(size));
          const atOnce = gate.arrivals.length;
          gate.open();
          await Promise.all(orders);
          return { facts: { maxWorkers: getDefaultExecutor().maxWorkers, atOnce, moreThanThat } };
        }),
    },
    {
      id: '4.3',
      title: 'two modules run their tasks on the same threads',
      expected: () => ({ threads: documentedSize(), ofOrders: documentedSize(), ofSearch: documentedSize() }),
      run: (context) => afresh(() => compareThreads(context)),
    },
    {
      id: '4.4',
      title: 'slow tasks of one module delay the other one',
      expected: { whileOrdersRun: 'queued', finished: ['an order', 'search'], afterwards: 'fulfilled' },
      run: (context) =>
        afresh(async () => {
          const { gate, orders } = await crowd(context);
          const finished: string[] = [];
          const searching = search();
          const first = Promise.race(orders).then(() => finished.push('an order'));
          const second = searching.then(() => finished.push('search'));
          // A round trip through an idle worker elsewhere is ample time for a task that nothing holds up.
          await context.createExecutor({ maxWorkers: 1 }).submit(probes.place);
          const whileOrdersRun = searching.state;
          gate.open();
          await Promise.all([first, second, ...orders]);
          return { facts: { whileOrdersRun, finished, afterwards: searching.state } };
        }),
    },
    {
      id: '4.5',
      title: 'with an executor of its own it is not delayed',
      expected: { ownExecutor: 'fulfilled', sharedOne: 'queued', orders: 'running', searchesLater: 'fulfilled' },
      run: (context) =>
        afresh(async () => {
          const { gate, orders } = await crowd(context);
          const shared = search();
          const own = search(context.createExecutor({ maxWorkers: 1 }));
          await own;
          const [ownExecutor, sharedOne] = [own.state, shared.state];
          const running = orders.every((order) => order.state === 'running') ? 'running' : statesOf(orders);
          gate.open();
          await Promise.all([shared, ...orders]);
          return { facts: { ownExecutor, sharedOne, orders: running, searchesLater: shared.state } };
        }),
    },
    {
      id: '4.6',
      title: 'setDefaultExecutor() replaces it and gives the old one back',
      expected: {
        lazilyMade: 'not given back, closed',
        runsOnGiven: true,
        givesBack: true,
        oldOne: 'running',
        oldOneStillRuns: true,
      },
      run: (context) => afresh(() => replaceDefault(context)),
    },
    {
      id: '4.7',
      title: 'after shutdownDefaultExecutor() the next use makes a new one',
      expected: { rounds: 3, threadsAfterEach: ['0', '0', '0'], distinctThreads: 3 },
      run: (context) =>
        afresh(async () => {
          const threads = new Set<number>();
          const threadsAfterEach: string[] = [];
          for (let round = 0; round < 3; round++) {
            threads.add((await whereOrdersRun()).threadId);
            await shutdownDefaultExecutor();
            threadsAfterEach.push(String(context.workers.threads()));
          }
          return { facts: { rounds: 3, threadsAfterEach, distinctThreads: threads.size } };
        }),
    },
    {
      id: '4.8',
      title: 'shutting a lease of it down ends what was submitted through the lease, and nothing else',
      expected: {
        lease: 'closed',
        submittedTooLate: 'ERR_EXECUTOR_SHUTDOWN',
        orders: '1 running',
        searchesLater: true,
      },
      run: (context) => afresh(() => shutLeaseDown(context)),
    },
    {
      id: '4.9',
      title: 'with a limit, slow tasks of one module leave room for the other',
      expected: { running: 2, waiting: 3, search: 'fulfilled', whileTheyRun: true },
      run: (context) =>
        afresh(async () => {
          const gate = await context.makeGate();
          const limited = getDefaultExecutor().limit(2, 'orders');
          const orders = Array.from({ length: 5 }, (_, i) =>
            limited.submit(probes.waitAtGate, gate.port, `order ${i}`),
          );
          await gate.arrived(2);
          const searching = search();
          await searching;
          const running = orders.filter((order) => order.state === 'running').length;
          const waiting = orders.filter((order) => order.state === 'queued').length;
          const whileTheyRun = gate.arrivals.length === 2;
          gate.open();
          await Promise.all(orders);
          return { facts: { running, waiting, search: searching.state, whileTheyRun } };
        }),
    },
  ],
};

/** What the documentation says, reckoned without the code under test. */
function documentedSize(): number {
  return Math.min(32, availableParallelism() + 4);
}

/** The default executor is one per process: each check finds none and leaves none. */
async function afresh(body: () => Promise<Seen>): Promise<Seen> {
  await shutdownDefaultExecutor();
  try {
    return await body();
  } finally {
    await shutdownDefaultExecutor({ timeout: 0 });
  }
}

/** Has the slow module hold every worker of the default executor until the gate opens. */
async function crowd(
  context: CheckContext,
): Promise<{ gate: Awaited<ReturnType<CheckContext['makeGate']>>; orders: ReturnType<typeof exportOrders> }> {
  const gate = await context.makeGate();
  const orders = exportOrders(gate.port, defaultMaxWorkers());
  await gate.arrived(orders.length);
  return { gate, orders };
}

async function compareThreads(context: CheckContext): Promise<Seen> {
  const { gate, orders } = await crowd(context);
  gate.open();
  const ofOrders = new Set((await Promise.all(orders)).map((place) => place.threadId));
  const second = await context.makeGate();
  const searches = searchSlowly(second.port, orders.length);
  await second.arrived(searches.length);
  second.open();
  const ofSearch = new Set((await Promise.all(searches)).map((place) => place.threadId));
  const threads = new Set([...ofOrders, ...ofSearch]).size;
  return { facts: { threads, ofOrders: ofOrders.size, ofSearch: ofSearch.size } };
}

async function shutLeaseDown(context: CheckContext): Promise<Seen> {
  const gate = await context.makeGate();
  const orders = exportOrders(gate.port, 1);
  await gate.arrived(1);
  const lease = getDefaultExecutor();
  const own = lease.submit(probes.place);
  await lease.shutdown();
  const late = await lease.submit(probes.place).then(
    () => 'accepted',
    (error: unknown) => (error instanceof ExecutorError ? error.code : String(error)),
  );
  const searchesLater = (await search()).threadId > 0 && own.state === 'fulfilled';
  const facts = { lease: lease.state, submittedTooLate: late, orders: statesOf(orders), searchesLater };
  gate.open();
  await Promise.all(orders);
  return { facts };
}

async function replaceDefault(context: CheckContext): Promise<Seen> {
  const given = context.createExecutor({ maxWorkers: 1 });
  const { threadId } = await whereOrdersRun();
  const lazilyMade = setDefaultExecutor(given);
  // Nobody else could close the one that was made by itself.
  await context.workers.threadGone(threadId);
  const [byDefault, direct] = [await whereOrdersRun(), await given.submit(probes.place)];
  const old = setDefaultExecutor(context.createExecutor({ maxWorkers: 1 }));
  const again = await given.submit(probes.place);
  const facts = {
    lazilyMade: lazilyMade === undefined ? 'not given back, closed' : `given back: ${lazilyMade.name}`,
    runsOnGiven: byDefault.threadId === direct.threadId,
    givesBack: old === given,
    oldOne: given.state,
    oldOneStillRuns: again.threadId === direct.threadId,
  };
  return { facts };
}
