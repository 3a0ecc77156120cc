import assert from 'node:assert/strict';
import type { ExecutorOptions, MapOptions, SubmitOptions } from '@anypool/core';
import type { CaseContext, ConformanceCase } from '../case.js';

type Row = readonly [option: string, ...wrong: unknown[]];

const numbers = ['7', null, Number.NaN] as const;

const executorRows: readonly Row[] = [
  ['maxWorkers', 0, -1, 1.5, ...numbers],
  ['maxQueue', -1, 1.5, ...numbers],
  ['name', 5, null],
  ['errors', 'ValidationError', [5], [{ name: 'ValidationError' }], {}],
];

/** Of executors whose workers are worlds of their own. */
const workerRows: readonly Row[] = [
  ['minWorkers', -1, 1.5, ...numbers],
  ['idleTimeout', -1, ...numbers],
  ['cancelGrace', -1, ...numbers],
  ['stopTimeout', -1, ...numbers],
  ['startTimeout', -1, ...numbers],
  ['initializer', 5, {}, { task: 'work' }, () => {}],
  ['finalizer', 5, {}, { task: 'work' }, () => {}],
  ['env', 'PATH', 5],
  ['argv', '--flag', [5]],
  ['execArgv', '--flag', [5]],
  [
    'workerEntry',
    './worker.js',
    '/no/such/worker.js',
    'https://127.0.0.1/worker.js',
    5,
    new URL('data:text/javascript,'),
  ],
];

const viewRows: readonly Row[] = [
  ['timeout', -1, ...numbers],
  ['runTimeout', -1, ...numbers],
  ['priority', 'high', null, Number.NaN, Number.POSITIVE_INFINITY],
  ['signal', {}, { aborted: false }, 5, null],
];

const mapRows: readonly Row[] = [
  ['buffer', 0, -1, 1.5, ...numbers],
  ['ordered', 'yes', 1],
  ['signal', {}, 5],
  ['chunkSize', 0, 1.5, 'many', '', {}, null],
];

/** The options that take a text, and those that take neither a text nor a number; the others take numbers, `chunkSize` either. */
const texts: readonly string[] = ['name', 'kind', 'workerEntry', 'chunkSize'];
const others: readonly string[] = [
  ...['errors', 'initializer', 'finalizer', 'env', 'argv', 'execArgv', 'signal', 'resourceLimits', 'ordered'],
  ...['name', 'kind', 'workerEntry'],
];

/** TypeError for a wrong type, RangeError for a wrong value; undefined where both may be said of it, as of a list with wrong items. */
function refusalOf(
  option: string,
  value: unknown,
  isUnknown: boolean,
): typeof TypeError | typeof RangeError | undefined {
  if (isUnknown) return TypeError;
  if (typeof value === 'string') return texts.includes(option) ? RangeError : TypeError;
  if (typeof value === 'number') return others.includes(option) ? TypeError : RangeError;
  return value === null ? TypeError : undefined;
}

/** Asserts that each wrong value is refused at the call, with the option's name and the value in the message. */
function assertRefused(rows: readonly Row[], call: (options: object) => unknown): void {
  for (const [option, ...values] of rows) {
    for (const value of values) {
      assert.throws(
        () => call({ [option]: value }),
        (error) => {
          assert.ok(error instanceof TypeError || error instanceof RangeError, `${option}: ${String(error)}`);
          assert.ok(error.message.includes(option), `names the option ${option}: ${error.message}`);
          const isUnknown = /unknown/.test(error.message);
          const expected = refusalOf(option, value, isUnknown);
          assert.ok(
            expected === undefined || error instanceof expected,
            `${option}: ${String(value)} is no ${error.name}`,
          );
          // Of an option that does not exist, no value would be right.
          if (!isUnknown && typeof value !== 'object' && typeof value !== 'function') {
            assert.ok(
              error.message.includes(String(value)),
              `${option} names the value ${String(value)}: ${error.message}`,
            );
          }
          return true;
        },
        `${option}: ${String(value)}`,
      );
    }
  }
}

const creation =
  ({ create }: CaseContext) =>
  (options: object): unknown =>
    create(options as ExecutorOptions);

/** S14: wrong options are refused at the call. */
export const optionCases: readonly ConformanceCase[] = [
  {
    id: 'S14-inherited-options',
    rule: 'S14',
    title: 'options that an object inherits are checked as its own are',
    async run({ create, tasks: { basics } }) {
      const executor = create();
      const inheriting = <T extends object>(options: T): T => Object.create(options);
      assert.throws(() => executor.with(inheriting({ priority: Number.NaN })), { message: /priority/ });
      assert.throws(() => executor.with(inheriting({ timeout: -1 })), { message: /timeout/ });
      assert.throws(() => executor.map(basics.echo, [1], inheriting({ chunkSize: 0 })), { message: /chunkSize/ });
      assert.throws(() => executor.map(basics.echo, [1], inheriting({ buffer: Number.NaN })), { message: /buffer/ });
      assert.equal(await executor.with(inheriting({ priority: 1 })).submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'S14-lists-are-read-once',
    rule: 'S14',
    title: 'what the caller does to a list of options later reaches no worker that is started then',
    kinds: ['thread', 'process'],
    async run({ create, tasks: { lifecycle } }) {
      const argv = ['as it was'];
      const executor = create({ maxWorkers: 1, argv });
      argv.push('added');
      assert.deepEqual((await executor.submit(lifecycle.surroundings)).argv.slice(-1), ['as it was']);
    },
  },
  {
    id: 'S14-create-executor',
    rule: 'S14',
    title: 'createExecutor refuses wrong values',
    async run(context) {
      assertRefused(executorRows, creation(context));
    },
  },
  {
    id: 'S14-create-executor-workers',
    rule: 'S14',
    title: 'createExecutor refuses wrong values for its workers',
    requires: ['isolation'],
    async run(context) {
      assertRefused(workerRows, creation(context));
      assert.throws(() => context.create({ minWorkers: 3, maxWorkers: 2 }), /minWorkers/);
    },
  },
  {
    id: 'S14-recycle',
    rule: 'S14',
    title: 'createExecutor refuses wrong values of maxTasksPerWorker',
    requires: ['recycle'],
    async run(context) {
      assertRefused([['maxTasksPerWorker', 0, -1, 1.5, ...numbers]], creation(context));
    },
  },
  {
    id: 'S14-resource-limits',
    rule: 'S14',
    title: 'createExecutor refuses wrong values of resourceLimits',
    requires: ['resourceLimits'],
    async run(context) {
      assertRefused([['resourceLimits', 5, 'small']], creation(context));
    },
  },
  {
    id: 'S14-each-resource-limit',
    rule: 'S14',
    title: 'createExecutor refuses a limit of resourceLimits that there is not, or that is no positive number',
    requires: ['resourceLimits'],
    async run({ create }) {
      const wrong = [0, -5, Number.POSITIVE_INFINITY, ...numbers];
      assertRefused(
        [
          ['maxOldGenerationSizeMB', 20],
          ['maxOldGenerationSizeMb', ...wrong],
          ['maxYoungGenerationSizeMb', ...wrong],
          ['codeRangeSizeMb', ...wrong],
          ['stackSizeMb', ...wrong],
        ],
        (resourceLimits) => create({ resourceLimits }),
      );
      await create({ resourceLimits: { maxOldGenerationSizeMb: undefined, stackSizeMb: 4 } }).shutdown();
    },
  },
  {
    id: 'S14-unknown-kind',
    rule: 'S14',
    title: 'createExecutor refuses a kind that there is not',
    kinds: ['thread', 'process', 'inline'],
    async run(context) {
      assertRefused([['kind', 'fibre', 5, '']], creation(context));
    },
  },
  {
    id: 'S14-unknown-options',
    rule: 'S14',
    title: 'an option that does not exist is refused by name wherever options are taken',
    async run(context) {
      const executor = context.create();
      const row: readonly Row[] = [['maxWorker', 2]];
      assertRefused(row, creation(context));
      assertRefused(
        [
          ['prio', 2],
          ['maxWorkers', 2],
        ],
        (options) => executor.with(options as SubmitOptions),
      );
      assertRefused([['concurrency', 2]], (options) =>
        executor.map(context.tasks.basics.echo, [], options as MapOptions),
      );
    },
  },
  {
    id: 'S14-with',
    rule: 'S14',
    title: 'with() refuses wrong values, on views too',
    async run({ capabilities, create }) {
      const executor = create();
      const rows = capabilities.terminate ? [...viewRows, ['cancelGrace', -1, ...numbers] as const] : viewRows;
      for (const submitter of [executor, executor.with({ priority: 1 })]) {
        assertRefused(rows, (options) => submitter.with(options as SubmitOptions));
      }
    },
  },
  {
    id: 'S14-map',
    rule: 'S14',
    title: 'map() refuses wrong values at the call, not at the first item',
    async run({ create, tasks }) {
      const executor = create();
      for (const submitter of [executor, executor.with({ priority: 1 })]) {
        assertRefused(mapRows, (options) => submitter.map(tasks.basics.echo, [], options as MapOptions));
      }
    },
  },
  {
    id: 'S14-undefined-is-not-given',
    rule: 'S14',
    title: 'an option that is undefined is one that was not given',
    async run({ create, tasks: { basics } }) {
      const names = [...executorRows, ...workerRows, ['maxTasksPerWorker'], ['resourceLimits']].map(([name]) => [
        name,
        undefined,
      ]);
      const executor = create(Object.fromEntries(names));
      assert.ok(executor.maxWorkers >= 1 && executor.name !== '');
      const view = executor.with(Object.fromEntries(viewRows.map(([name]) => [name, undefined])));
      assert.equal(await view.submit(basics.add, 1, 2), 3);
      const results = view.map(basics.echo, [1], { buffer: undefined, ordered: undefined, signal: undefined });
      assert.deepEqual(await results.next(), { value: 1, done: false });
    },
  },
  {
    id: 'S14-what-was-asked-for-is-there',
    rule: 'S14',
    title: 'an executor has the name, kind and size it was made with, and ignores later changes of its options',
    async run({ capabilities, create, kind }) {
      const options = { name: 'reports', maxWorkers: 3 };
      const executor = create(options);
      options.maxWorkers = 50;
      assert.deepEqual(
        [executor.name, executor.kind, executor.maxWorkers, executor.state],
        ['reports', kind, 3, 'running'],
      );
      assert.deepEqual(executor.capabilities, capabilities);
      assert.ok(Object.isFrozen(executor.capabilities));
    },
  },
];
