import assert from 'node:assert/strict';
import { ExecutorError, type ExecutorOptions, tasksFrom, UnsupportedOptionError } from '@anypool/core';
import type { CaseContext, ConformanceCase } from '../case.js';
import { localOnly } from '../local-only.js';
import { errorOf } from './outcomes.js';
import { writeTaskFile } from './task-file.js';

interface Row {
  readonly code: ExecutorError['code'];
  readonly name: string;
  /** What the message has to name, so that its reader knows what to do about what. */
  readonly names: readonly (string | RegExp)[];
  readonly requires?: 'isolation';
  provoke(context: CaseContext): Promise<unknown>;
}

interface Work {
  work(): void;
}

/** Every error that an executor raises itself, and a way to have it raised. */
const rows: readonly Row[] = [
  {
    code: 'ERR_CANCELLED',
    name: 'CancelledError',
    names: [/cancel/i],
    async provoke({ create, tasks: { basics } }) {
      const future = create().submit(basics.nothing);
      future.cancel();
      return future;
    },
  },
  {
    code: 'ERR_TASK_TIMEOUT',
    name: 'TimeoutError',
    names: ['waitAt', /\b7\b/],
    async provoke({ create, gate, tasks: { basics } }) {
      return create()
        .with({ runTimeout: 7 })
        .submit(basics.waitAt, (await gate()).handle);
    },
  },
  {
    code: 'ERR_WORKER_CRASHED',
    name: 'WorkerCrashedError',
    names: ['exitWith', /\b3\b/],
    requires: 'isolation',
    provoke: ({ create, tasks: { lifecycle } }) => create().submit(lifecycle.exitWith, 3),
  },
  {
    code: 'ERR_WORKER_START',
    name: 'WorkerStartError',
    names: ['boom'],
    requires: 'isolation',
    provoke: ({ create, tasks: { basics, errors } }) =>
      create({ initializer: { task: errors.raise, args: ['error'] } }).submit(basics.nothing),
  },
  {
    code: 'ERR_TASK_MODULE',
    name: 'TaskModuleError',
    names: ['missing.mjs'],
    async provoke({ create, folder }) {
      const url = writeTaskFile(folder(), 'here.mjs', '').replace('here', 'missing');
      return create().submit(tasksFrom<Work>(url).work);
    },
  },
  {
    code: 'ERR_TASK_NOT_FOUND',
    name: 'TaskNotFoundError',
    names: ['work', 'basics.js', 'waitAt'],
    provoke: ({ create, tasks: { basics } }) => create().submit(tasksFrom<Work>(basics.nothing.module).work),
  },
  {
    code: 'ERR_NOT_CLONEABLE',
    name: 'NotCloneableError',
    names: ['args[1].onDone', 'all'],
    provoke: ({ create, tasks: { basics } }) => create().submit(basics.all, 1, { onDone() {} }),
  },
  {
    code: 'ERR_EXECUTOR_SHUTDOWN',
    name: 'ExecutorShutdownError',
    names: ['the-pool', /shut\s?down/i],
    async provoke({ create, tasks: { basics } }) {
      const executor = create({ name: 'the-pool' });
      await executor.shutdown();
      return executor.submit(basics.nothing);
    },
  },
  {
    code: 'ERR_QUEUE_FULL',
    name: 'QueueFullError',
    names: ['maxQueue', /\b1\b/],
    async provoke({ create, gate, tasks: { basics } }) {
      const latch = await gate();
      const executor = create({ maxWorkers: 1, maxQueue: 1 });
      void executor.submit(basics.waitAt, latch.handle).catch(() => {});
      await latch.waiting(1);
      void executor.submit(basics.nothing).catch(() => {});
      return executor.submit(basics.nothing);
    },
  },
];

/** Options that need a capability, with a value that would be fine. */
const unsupported: readonly (readonly [keyof CaseContext['capabilities'], ExecutorOptions])[] = [
  ['recycle', { maxTasksPerWorker: 10 }],
  ['resourceLimits', { resourceLimits: { maxOldGenerationSizeMb: 100 } }],
  ['isolation', { env: {} }],
  ['isolation', { argv: [] }],
  ['isolation', { execArgv: [] }],
];

/** O3: codes and messages. */
export const codeCases: readonly ConformanceCase[] = [
  ...rows.map(
    ({ code, name, names, provoke, requires }): ConformanceCase => ({
      id: `O3-${name}`,
      rule: 'O3',
      title: `${name} has the code ${code} and a message that names what it is about`,
      requires: requires === undefined ? [] : [requires],
      ...(name === 'TaskModuleError' && { local: localOnly.modules }),
      async run(context) {
        const error = await errorOf(provoke(context));
        assert.ok(error instanceof ExecutorError, error.stack);
        assert.deepEqual([error.code, error.name], [code, name]);
        for (const part of names)
          assert.ok(
            error.message.search(part instanceof RegExp ? part : escaped(part)) >= 0,
            `${part}: ${error.message}`,
          );
        assert.match(error.stack ?? '', new RegExp(`^${name}`), 'printed, it says what it is');
        assert.ok(!Object.keys(error).includes('name'), 'the name is not printed twice');
      },
    }),
  ),
  {
    id: 'O3-UnsupportedOptionError',
    rule: 'O3',
    title: 'an option whose capability is missing is refused at the call with UnsupportedOptionError, never ignored',
    async run({ capabilities, create }) {
      for (const [capability, options] of unsupported) {
        if (capabilities[capability]) continue;
        const option = Object.keys(options).join();
        assert.throws(
          () => create(options),
          (error) => {
            assert.ok(error instanceof UnsupportedOptionError, String(error));
            assert.deepEqual(
              [error.code, error.name, error.option],
              ['ERR_UNSUPPORTED_OPTION', 'UnsupportedOptionError', option],
            );
            assert.ok(error.message.includes(option), error.message);
            return true;
          },
          option,
        );
      }
    },
  },
  {
    id: 'O3-supported-options-are-taken',
    rule: 'O3',
    title: 'an option whose capability is there is taken',
    async run({ capabilities, create, tasks: { basics } }) {
      for (const [capability, options] of unsupported) {
        if (capabilities[capability]) assert.equal(await create(options).submit(basics.add, 1, 2), 3);
      }
    },
  },
];

function escaped(text: string): RegExp {
  return new RegExp(text.replaceAll(/[.[\]]/g, '\\$&'));
}
