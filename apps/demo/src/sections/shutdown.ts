import { type Executor, type Future, tasksFrom } from '@anypool/core';
import type { CheckContext, Seen } from '../checks/check.js';
import type { Arrival, Gate } from '../checks/gate.js';
import { fieldOf, rejectionOf, statesOf } from '../checks/outcomes.js';
import { runScript } from '../checks/script.js';
import type { Place } from '../tasks/probes.js';
import type { Section } from './section.js';

const probes = tasksFrom<typeof import('../tasks/probes.js')>(new URL('../tasks/probes.js', import.meta.url));

/** A script that has not ended by itself after this has hung. */
const scriptCap = 20_000;

/** Ways to end: each lets finish what it promises to, and leaves no worker. */
export const shutdown: Section = {
  title: '3. Shutdown: nothing is lost, nothing is left',
  checks: [
    {
      id: '3.1',
      title: 'shutdown() drains the tasks that run and those that wait',
      expected: {
        before: '2 running, 6 queued',
        meanwhile: 'draining',
        after: '8 fulfilled',
        state: 'closed',
        workersLeft: 0,
      },
      run: async (context) => {
        const { executor, gate, busy, waiting, workers } = await load(context);
        const before = statesOf([...busy, ...waiting]);
        const ended = executor.shutdown();
        const meanwhile = executor.state;
        gate.open();
        await ended;
        const after = statesOf([...busy, ...waiting]);
        return { facts: { before, meanwhile, after, state: executor.state, workersLeft: living(context, workers) } };
      },
    },
    {
      id: '3.2',
      title: 'cancelPending cancels those that wait; those that run finish',
      expected: { running: '2 fulfilled', waiting: '6 cancelled', code: 'ERR_CANCELLED', workersLeft: 0 },
      run: async (context) => {
        const { executor, gate, busy, waiting, workers } = await load(context);
        const rejections = Promise.all(waiting.map(rejectionOf));
        const ended = executor.shutdown({ cancelPending: true });
        const codes = new Set((await rejections).map((error) => fieldOf(error, 'code')));
        gate.open();
        await ended;
        const facts = {
          running: statesOf(busy),
          waiting: statesOf(waiting),
          code: [...codes].join(', '),
          workersLeft: living(context, workers),
        };
        return { facts };
      },
    },
    {
      id: '3.3',
      title: 'terminate() ends a task that loops for ever',
      expected: { looping: 'ERR_EXECUTOR_SHUTDOWN', waiting: 'ERR_EXECUTOR_SHUTDOWN', state: 'closed', workersLeft: 0 },
      run: async (context) => {
        const executor = context.createExecutor({ maxWorkers: 1 });
        const gate = await context.makeGate();
        gate.open();
        const looping = rejectionOf(executor.submit(probes.spinForEver, gate.port));
        const workers = await gate.arrived(1);
        const waiting = rejectionOf(executor.submit(probes.double, 1));
        await executor.terminate();
        const facts = {
          looping: fieldOf(await looping, 'code'),
          waiting: fieldOf(await waiting, 'code'),
          state: executor.state,
          workersLeft: living(context, workers),
        };
        return { facts };
      },
    },
    {
      id: '3.4',
      title: 'a second shutdown, meanwhile and afterwards',
      expected: {
        tasks: '8 fulfilled',
        meanwhile: 'resolved',
        afterwards: 'resolved',
        terminate: 'resolved',
        unused: 'resolved',
      },
      run: async (context) => {
        const { executor, gate, busy, waiting } = await load(context);
        const both = Promise.all([executor.shutdown(), executor.shutdown()]);
        gate.open();
        await both;
        const tasks = statesOf([...busy, ...waiting]);
        await executor.shutdown();
        await executor.terminate();
        const unused = context.createExecutor();
        await unused.shutdown();
        return {
          facts: { tasks, meanwhile: 'resolved', afterwards: 'resolved', terminate: 'resolved', unused: 'resolved' },
        };
      },
    },
    {
      id: '3.5',
      title: 'a stricter shutdown takes effect on one under way',
      expected: { waiting: '6 cancelled', running: '2 rejected', code: 'ERR_EXECUTOR_SHUTDOWN', workersLeft: 0 },
      run: async (context) => {
        const { executor, busy, waiting, workers } = await load(context);
        const running = Promise.all(busy.map(rejectionOf));
        const cancelled = Promise.all(waiting.map(rejectionOf));
        const ended = executor.shutdown();
        void executor.shutdown({ cancelPending: true });
        await cancelled;
        await Promise.all([ended, executor.terminate()]);
        const codes = new Set((await running).map((error) => fieldOf(error, 'code')));
        const facts = {
          waiting: statesOf(waiting),
          running: statesOf(busy),
          code: [...codes].join(', '),
          workersLeft: living(context, workers),
        };
        return { facts };
      },
    },
    {
      id: '3.6',
      title: 'submit() during and after a shutdown is refused',
      expected: { during: 'ERR_EXECUTOR_SHUTDOWN', after: 'ERR_EXECUTOR_SHUTDOWN', accepted: '8 fulfilled' },
      run: async (context) => {
        const { executor, gate, busy, waiting } = await load(context);
        const ended = executor.shutdown();
        const during = await rejectionOf(executor.submit(probes.double, 1));
        gate.open();
        await ended;
        const after = await rejectionOf(executor.submit(probes.double, 1));
        const facts = {
          during: fieldOf(during, 'code'),
          after: fieldOf(after, 'code'),
          accepted: statesOf([...busy, ...waiting]),
        };
        return { facts };
      },
    },
    {
      id: '3.7',
      title: 'a script that ends with tasks outstanding loses none',
      expected: { atItsEnd: 'end of script, 0 of 40 settled', tasksDone: 40, exitCode: 0, stderr: '' },
      run: async ({ target }): Promise<Seen> => {
        const { lines, exitCode, signal, stderr } = await runScript('leave-tasks-outstanding', target.name, scriptCap);
        const [atItsEnd = 'none', ...done] = lines;
        return { facts: { atItsEnd, tasksDone: new Set(done).size, exitCode: exitCode ?? `${signal}`, stderr } };
      },
    },
    {
      id: '3.8',
      title: 'an idle executor lets the process end',
      expected: { output: 'result 42, executor running', exitCode: 0, stderr: '' },
      run: async ({ target }): Promise<Seen> => {
        const { lines, exitCode, signal, stderr } = await runScript('leave-executor-idle', target.name, scriptCap);
        return { facts: { output: lines.join('; '), exitCode: exitCode ?? `${signal} after ${scriptCap} ms`, stderr } };
      },
    },
  ],
};

interface Loaded {
  readonly executor: Executor;
  readonly gate: Gate;
  /** Two tasks that run, in all the workers there are, until the gate opens. */
  readonly busy: readonly Future<Place>[];
  /** Six tasks behind them. */
  readonly waiting: readonly Future<number>[];
  readonly workers: readonly Arrival[];
}

async function load(context: CheckContext): Promise<Loaded> {
  const executor = context.createExecutor({ maxWorkers: 2 });
  const gate = await context.makeGate();
  const busy = ['one', 'two'].map((label) => executor.submit(probes.waitAtGate, gate.port, label));
  const waiting = [1, 2, 3, 4, 5, 6].map((value) => executor.submit(probes.double, value));
  const workers = await gate.arrived(2);
  return { executor, gate, busy, waiting, workers };
}

// Those of a remote executor are the hosts', and stay.
function living(context: CheckContext, workers: readonly Place[]): number {
  if (context.target.kind === 'remote') return 0;
  return workers.filter((worker) => context.workers.lives(worker)).length;
}
