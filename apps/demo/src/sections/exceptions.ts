import { type AnyTask, type Executor, tasksFrom } from '@anypool/core';
import type { CheckContext, Facts, Seen } from '../checks/check.js';
import { describeCaught, fileOfStack } from '../checks/describe-caught.js';
import { fieldOf, rejectionOf } from '../checks/outcomes.js';
import { QuotaError } from '../tasks/failures.js';
import type { Section } from './section.js';

const failures = tasksFrom<typeof import('../tasks/failures.js')>(new URL('../tasks/failures.js', import.meta.url));
const probes = tasksFrom<typeof import('../tasks/probes.js')>(new URL('../tasks/probes.js', import.meta.url));
const modules = {
  absent: tasksFrom<{ work(): string }>(new URL('../tasks/absent.js', import.meta.url)),
  throwing: tasksFrom<{ work(): string }>(new URL('../tasks/throws-on-import.js', import.meta.url)),
  unparsable: tasksFrom<{ work(): string }>('data:text/javascript,export function work( {'),
};

/** What tasks throw, and what is thrown for those that cannot: the caller catches it, and the executor goes on. */
export const exceptions: Section = {
  title: '2. Exceptions: what a task throws is what its caller catches',
  checks: [
    {
      id: '2.1',
      title: 'a custom error keeps its class, code, data and stack',
      expected: { class: true, name: 'QuotaError', code: 'E_QUOTA', limit: 80, thrownIn: 'failures.js', nextTask: 42 },
      run: (context) =>
        catching(
          context,
          (executor) => executor.submit(failures.exceedQuota, 80),
          (error) => ({
            class: error instanceof QuotaError,
            name: fieldOf(error, 'name'),
            code: fieldOf(error, 'code'),
            limit: fieldOf(error, 'limit'),
            thrownIn: fileOfStack(error),
          }),
        ),
    },
    {
      id: '2.2',
      title: 'causes within causes',
      expected: {
        chain: ['Error: the report cannot be made', 'Error: the query failed', 'TypeError: the socket was reset'],
        rootClass: true,
        rootCode: 'ECONNRESET',
        nextTask: 42,
      },
      run: (context) =>
        catching(
          context,
          (executor) => executor.submit(failures.failWithCauses),
          (error) => {
            const chain = causes(error);
            return {
              chain: chain.map(String),
              rootClass: chain.at(-1) instanceof TypeError,
              rootCode: fieldOf(chain.at(-1), 'code'),
            };
          },
        ),
    },
    {
      id: '2.3',
      title: 'an AggregateError with its errors',
      expected: {
        class: true,
        message: 'two pages failed',
        errors: ['RangeError: page 7 does not exist', 'QuotaError: page 8 is too long'],
        classes: ['RangeError', 'QuotaError'],
        nextTask: 42,
      },
      run: (context) =>
        catching(
          context,
          (executor) => executor.submit(failures.failTwice),
          (error) => {
            const errors: unknown[] = error instanceof AggregateError ? error.errors : [];
            return {
              class: error instanceof AggregateError,
              message: fieldOf(error, 'message'),
              errors: errors.map(String),
              classes: errors.map((each) =>
                each instanceof RangeError ? 'RangeError' : each instanceof QuotaError ? 'QuotaError' : 'other',
              ),
            };
          },
        ),
    },
    {
      id: '2.4',
      title: 'a plain string',
      expected: { type: 'string', value: 'a plain string', nextTask: 42 },
      run: (context) =>
        catching(
          context,
          (executor) => executor.submit(failures.throwText),
          (error) => ({ type: typeof error, value: String(error) }),
        ),
    },
    {
      id: '2.5',
      title: 'undefined',
      expected: { type: 'undefined', nextTask: 42 },
      run: (context) =>
        catching(
          context,
          (executor) => executor.submit(failures.throwUndefined),
          (error) => ({ type: typeof error }),
        ),
    },
    {
      id: '2.6',
      title: 'a worker exits: its task fails, the others do not notice',
      expected: {
        name: 'WorkerCrashedError',
        code: 'ERR_WORKER_CRASHED',
        exitCode: 3,
        others: '2 fulfilled',
        nextTask: 42,
      },
      run: (context) =>
        dying(
          context,
          (executor) => rejectionOf(executor.submit(failures.exitWorker, 3)),
          (error) => ({ exitCode: fieldOf(error, 'exitCode') }),
        ),
    },
    {
      id: '2.7',
      title: 'a worker is killed: its task fails, the others do not notice',
      expected: ({ kind }) => ({
        name: 'WorkerCrashedError',
        code: 'ERR_WORKER_CRASHED',
        ...(kind === 'process' ? { signal: 'SIGKILL' } : {}),
        others: '2 fulfilled',
        nextTask: 42,
      }),
      run: (context) =>
        dying(
          context,
          async (executor) => {
            const gate = await context.makeGate();
            const rejection = rejectionOf(executor.submit(probes.waitAtGate, gate.port, 'victim'));
            for (const victim of await gate.arrived(1)) context.workers.kill(victim);
            return rejection;
          },
          (error) => (context.target.kind === 'process' ? { signal: fieldOf(error, 'signal') } : {}),
        ),
    },
    {
      id: '2.8',
      title: 'a module that is not there',
      expected: { code: 'ERR_TASK_MODULE', cause: 'ERR_MODULE_NOT_FOUND', again: 'ERR_TASK_MODULE', nextTask: 42 },
      run: (context) => loading(context, modules.absent.work, (cause) => fieldOf(cause, 'code')),
    },
    {
      id: '2.9',
      title: 'a module that throws when it is imported',
      expected: { code: 'ERR_TASK_MODULE', cause: 'E_CONFIG', again: 'ERR_TASK_MODULE', nextTask: 42 },
      run: (context) => loading(context, modules.throwing.work, (cause) => fieldOf(cause, 'code')),
    },
    {
      id: '2.10',
      title: 'a module that does not parse',
      // To a remote worker, no code travels that could be parsed.
      expected: ({ kind }) => ({
        code: 'ERR_TASK_MODULE',
        cause: kind === 'remote' ? 'none' : 'SyntaxError',
        again: 'ERR_TASK_MODULE',
        nextTask: 42,
      }),
      run: (context) => loading(context, modules.unparsable.work, (cause) => fieldOf(cause, 'name')),
    },
  ],
};

/** Runs a task that throws, on an executor of one worker, and then another task on the same one. */
async function catching(
  { createExecutor }: CheckContext,
  submit: (executor: Executor) => Promise<unknown>,
  examine: (error: unknown) => Facts,
): Promise<Seen> {
  const executor = createExecutor({ maxWorkers: 1, errors: [QuotaError] });
  const error = await rejectionOf(submit(executor));
  const facts = { ...examine(error), nextTask: await executor.submit(probes.double, 21) };
  return { facts, caught: describeCaught(error) };
}

/** Lets a worker die beside one that is busy, and before one task that is queued. */
async function dying(
  context: CheckContext,
  kill: (executor: Executor) => Promise<unknown>,
  examine: (error: unknown) => Facts,
): Promise<Seen> {
  const executor = context.createExecutor({ maxWorkers: 2 });
  const gate = await context.makeGate();
  const busy = executor.submit(probes.waitAtGate, gate.port, 'busy');
  await gate.arrived(1);
  const killed = kill(executor);
  const queued = executor.submit(probes.double, 4);
  const error = await killed;
  gate.open();
  await Promise.all([busy, queued]);
  const others = [busy, queued].filter((future) => future.state === 'fulfilled').length;
  const facts = {
    name: fieldOf(error, 'name'),
    code: fieldOf(error, 'code'),
    ...examine(error),
    others: `${others} fulfilled`,
    nextTask: await executor.submit(probes.double, 21),
  };
  return { facts, caught: describeCaught(error) };
}

/** Asks twice for a task whose module will not load, and then for one of another module. */
async function loading(
  { createExecutor }: CheckContext,
  task: AnyTask,
  nameCause: (cause: unknown) => string | number,
): Promise<Seen> {
  const executor = createExecutor({ maxWorkers: 1 });
  const error = await rejectionOf(executor.submit(task));
  const again = await rejectionOf(executor.submit(task));
  const facts = {
    code: fieldOf(error, 'code'),
    cause: nameCause(error instanceof Error ? error.cause : undefined),
    again: fieldOf(again, 'code'),
    nextTask: await executor.submit(probes.double, 21),
  };
  return { facts, caught: describeCaught(error) };
}

function causes(error: unknown): readonly unknown[] {
  return error instanceof Error && error.cause !== undefined ? [error, ...causes(error.cause)] : [error];
}
