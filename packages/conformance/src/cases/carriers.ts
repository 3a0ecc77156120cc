import assert from 'node:assert/strict';
import { type ContextCarrier, type Executor, registerContextCarrier } from '@anypool/core';
import type { CaseContext, ConformanceCase } from '../case.js';
import { carrierOf, carrying, type Manner } from '../fixtures/carriers.js';
import { localOnly } from '../local-only.js';
import { assertCode, errorOf } from './outcomes.js';
import { writeTaskFile } from './task-file.js';
import { warningsDuring } from './warnings.js';

const core = import.meta.resolve('@anypool/core');

/** Runs the body with carriers registered in the caller's thread, and with an executor in whose workers they are registered too. */
async function withCarriers(
  { create, kind, tasks }: CaseContext,
  manners: Readonly<Record<string, Manner>>,
  body: (executor: Executor) => Promise<void>,
  maxWorkers = 1,
): Promise<void> {
  const registered = Object.entries(manners).map(([name, manner]) => registerContextCarrier(carrierOf(name, manner)));
  const initializer = { task: tasks.carriers.register, args: [manners] as [typeof manners] };
  try {
    await body(create({ maxWorkers, ...(kind !== 'inline' && { initializer }) }));
  } finally {
    for (const registration of registered) registration[Symbol.dispose]();
  }
}

const brokenInjects: readonly (() => unknown)[] = [
  () => {
    throw new Error('no context');
  },
  () => () => {},
  () => new URL('http://localhost'),
  () => new SharedArrayBuffer(8),
  () => ({
    get value() {
      throw new Error('no value');
    },
  }),
];

/** O4: what a caller's async context holds travels with its tasks. */
export const carrierCases: readonly ConformanceCase[] = [
  {
    id: 'O4-values-arrive',
    rule: 'O4',
    title: 'a task finds the values of the context in which it was submitted, to its end, and no other call’s',
    local: localOnly.hooks,
    async run(context) {
      const { carriers } = context.tasks;
      await withCarriers(
        context,
        { tenant: 'tidy', trace: 'tidy' },
        async (executor) => {
          const request = (id: number) =>
            carrying({ tenant: `tenant ${id}`, trace: { id, parents: new Map([[id, 'root']]) } }, async () => {
              const seen = { tenant: `tenant ${id}`, trace: { id, parents: new Map([[id, 'root']]) } };
              assert.deepEqual(await executor.submit(carriers.carried), seen);
              assert.deepEqual(await executor.submit(carriers.carriedLater), [seen, seen]);
              for await (const result of executor.map(carriers.carriedWith, [id, id]))
                assert.deepEqual(result, [id, seen]);
            });
          await Promise.all([...Array(6).keys()].map(request));
          assert.deepEqual(await executor.submit(carriers.carried), {});
        },
        2,
      );
    },
  },
  {
    id: 'O4-as-they-were-at-submit',
    rule: 'O4',
    title: 'the values are those at submit, whatever becomes of them while the task waits',
    local: localOnly.hooks,
    async run(context) {
      const { basics, carriers } = context.tasks;
      await withCarriers(context, { tenant: 'tidy' }, async (executor) => {
        const door = await context.gate();
        const blocker = executor.submit(basics.waitAt, door.handle);
        const tenant = { name: 'before' };
        const future = carrying({ tenant }, () => executor.submit(carriers.carried));
        tenant.name = 'after';
        door.open();
        await blocker;
        assert.deepEqual(await future, { tenant: { name: 'before' } });
      });
    },
  },
  {
    id: 'O4-one-side-only',
    rule: 'O4',
    title: 'a value that only one side has a carrier for, or that is undefined, is no matter to the task',
    local: localOnly.hooks,
    async run(context) {
      const { create, tasks, kind } = context;
      const worker = { task: tasks.carriers.register, args: [{ there: 'tidy' }] as [{ there: 'tidy' }] };
      const executor = create({ maxWorkers: 1, ...(kind !== 'inline' && { initializer: worker }) });
      const submit = () =>
        carrying({ here: 1, there: 2 }, () =>
          Promise.all([executor.submit(tasks.carriers.carried), executor.submit(tasks.basics.add, 1, 2)]),
        );
      const registration = registerContextCarrier({
        name: 'here',
        inject: () => undefined,
        extract: () => assert.fail('called without a value'),
      });
      try {
        assert.deepEqual(await submit(), [{}, 3]);
      } finally {
        registration[Symbol.dispose]();
      }
      if (kind === 'inline') return;
      const elsewhere = registerContextCarrier(carrierOf('here'));
      try {
        assert.deepEqual(await submit(), [{}, 3]);
      } finally {
        elsewhere[Symbol.dispose]();
      }
    },
  },
  {
    id: 'O4-disposed',
    rule: 'O4',
    title: 'a carrier that was disposed takes nothing along any more',
    local: localOnly.hooks,
    async run(context) {
      const { carriers } = context.tasks;
      await withCarriers(context, { tenant: 'tidy' }, async (executor) => {
        const extra = registerContextCarrier(carrierOf('extra'));
        extra[Symbol.dispose]();
        assert.deepEqual(await carrying({ tenant: 1, extra: 2 }, () => executor.submit(carriers.carried)), {
          tenant: 1,
        });
        extra[Symbol.dispose]();
      });
    },
  },
  {
    id: 'O4-names',
    rule: 'O4',
    title: 'a name belongs to one carrier: another one throws a TypeError that names it, the same one may come again',
    async run({ create, tasks: { basics } }) {
      const carrier = carrierOf('name');
      const [first, second] = [registerContextCarrier(carrier), registerContextCarrier(carrier)];
      const refused = () => registerContextCarrier(carrierOf('name'));
      assert.throws(refused, (error) => error instanceof TypeError && error.message.includes("'name'"));
      first[Symbol.dispose]();
      first[Symbol.dispose]();
      assert.throws(refused, TypeError);
      second[Symbol.dispose]();
      refused()[Symbol.dispose]();
      assert.equal(await create({ maxWorkers: 1 }).submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'S14-wrong-carriers',
    rule: 'S14',
    title: 'what is no carrier throws a TypeError or RangeError that names what is wrong',
    async run() {
      const wrong: readonly [object | undefined, RegExp][] = [
        [undefined, /carrier must be an object \{ name, inject, extract \}, got undefined/],
        [{ ...carrierOf('x'), name: 1 }, /name must be a string that is not empty, got 1/],
        [{ ...carrierOf('x'), name: '' }, /name must be a string that is not empty, got ''/],
        [{ ...carrierOf('x'), inject: undefined }, /inject must be a function, got undefined/],
        [{ ...carrierOf('x'), extract: 'x' }, /extract must be a function, got 'x'/],
      ];
      for (const [carrier, message] of wrong) {
        assert.throws(
          () => registerContextCarrier(carrier as ContextCarrier),
          (error) => (error instanceof TypeError || error instanceof RangeError) && message.test(error.message),
        );
      }
    },
  },
  {
    id: 'O4-inject-fails',
    rule: 'O4',
    title: 'where inject() throws or its value cannot travel, the task goes without it, and one warning tells so',
    local: localOnly.hooks,
    async run(context) {
      const { carriers } = context.tasks;
      await withCarriers(context, { tenant: 'tidy' }, async (executor) => {
        for (const [index, broken] of brokenInjects.entries()) {
          // A new one each time, since a warning comes once for each name in a process.
          const name = `broken ${index} ${process.hrtime.bigint()}`;
          const registration = registerContextCarrier({ name, inject: broken, extract: (_value, run) => run() });
          const warnings = await warningsDuring(async () => {
            for (let time = 0; time < 2; time += 1) {
              const future = carrying({ tenant: index }, () => executor.submit(carriers.carried));
              assert.deepEqual(await future, { tenant: index });
            }
          });
          registration[Symbol.dispose]();
          assert.equal(warnings.length, 1, name);
          assert.equal(Reflect.get(warnings[0] ?? {}, 'code'), 'ANYPOOL_CONTEXT_CARRIER');
          assert.ok(warnings[0]?.message.includes(`'${name}'`));
        }
      });
    },
  },
  {
    id: 'O4-extract-misbehaves',
    rule: 'O4',
    title:
      'whatever extract() does, the task runs once, its result and its error are its own, and the others’ values arrive',
    local: localOnly.hooks,
    async run(context) {
      const { carriers } = context.tasks;
      const { kind } = context;
      const quiet: readonly Manner[] = ['runs-twice', 'is-async', 'returns-another'];
      for (const manner of ['throws-before', 'throws-after', 'never-runs', ...quiet] as const) {
        const name = `${manner} ${kind} ${process.hrtime.bigint()}`;
        const warnings = await warningsDuring(() =>
          withCarriers(context, { first: 'tidy', [name]: manner, last: 'tidy' }, async (executor) => {
            await carrying({ first: 1, [name]: 2, last: 3 }, async () => {
              const { first, last } = await executor.submit(carriers.carried);
              assert.deepEqual([first, last], [1, 3], manner);
              for (const task of [carriers.countRuns, carriers.countRunsLater]) {
                const before = await executor.submit(task, false);
                const error = await errorOf(executor.submit(task, true));
                assert.ok(error instanceof RangeError, manner);
                assert.equal(error.message, `run ${before + 1}`, manner);
                assert.equal(await executor.submit(task, false), before + 2, manner);
              }
            });
            if (kind === 'inline') return;
            const expected = quiet.includes(manner) ? [] : ['ANYPOOL_CONTEXT_CARRIER'];
            assert.deepEqual(await executor.submit(carriers.warningCodes), expected, manner);
          }),
        );
        if (kind === 'inline') assert.equal(warnings.length, quiet.includes(manner) ? 0 : 1, manner);
      }
    },
  },
  {
    id: 'O4-nested',
    rule: 'O4',
    title: 'a task that runs another through the default executor of its worker passes its context on',
    kinds: ['thread', 'process'],
    async run(context) {
      const { carriers } = context.tasks;
      await withCarriers(context, { tenant: 'tidy', added: 'tidy' }, async (executor) => {
        const future = carrying({ tenant: 1 }, () =>
          executor.submit(carriers.carriedNested, core, carriers.carried.module),
        );
        assert.deepEqual(await future, { outer: { tenant: 1 }, inner: { tenant: 1, added: 'inside' } });
      });
    },
  },
  {
    id: 'O4-registered-by-the-module',
    rule: 'O4',
    title: 'a carrier that a task module registers when it is imported is there for the first task of it',
    kinds: ['thread', 'process'],
    async run({ create, folder }) {
      const { tasksFrom } = await import('@anypool/core');
      const module = writeTaskFile(
        folder(),
        'carrying.mjs',
        `
          import { registerContextCarrier } from ${JSON.stringify(core)};
          let seen;
          registerContextCarrier({ name: 'own', inject() {}, extract(value, run, { module, name }) { seen = [value, module, name]; return run(); } });
          export const see = () => seen;
        `,
      );
      const registration = registerContextCarrier(carrierOf('own'));
      try {
        const executor = create({ maxWorkers: 1 });
        const { see } = tasksFrom<{ see(): unknown }>(module);
        assert.deepEqual(await carrying({ own: 'value' }, () => executor.submit(see)), ['value', module, 'see']);
      } finally {
        registration[Symbol.dispose]();
      }
    },
  },
  {
    id: 'O4-which-task',
    rule: 'O4',
    title: 'inject() and extract() are told which task it is; inject() is not asked about one that is refused',
    async run({ create, tasks: { basics } }) {
      const asked: unknown[] = [];
      const registration = registerContextCarrier({
        name: 'asker',
        inject: ({ module, name }) => void asked.push([module, name]),
        extract: (_value, run) => run(),
      });
      try {
        const executor = create({ maxWorkers: 1 });
        await executor.submit(basics.add, 1, 2);
        await errorOf(executor.submit(Object(undefined)));
        await errorOf(executor.with({ signal: AbortSignal.abort() }).submit(basics.nothing));
        await executor.shutdown();
        await errorOf(executor.submit(basics.nothing));
      } finally {
        registration[Symbol.dispose]();
      }
      assert.deepEqual(asked, [[basics.add.module, 'add']]);
    },
  },
  {
    id: 'O4-no-room',
    rule: 'O4',
    title:
      'inject() is not asked about a task that the queue has no room for, and once about one that has waited for room',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1, maxQueue: 0 });
      const door = await gate();
      const blocker = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      const asked: string[] = [];
      const registration = registerContextCarrier({
        name: 'asker',
        inject: ({ name }) => void asked.push(name),
        extract: (_value, run) => run(),
      });
      try {
        await assertCode(executor.submit(basics.add, 1, 2), 'ERR_QUEUE_FULL');
        assert.deepEqual(asked, []);
        const room = executor.ready();
        door.open();
        await room;
        const accepted = executor.submit(basics.add, 1, 2);
        await assertCode(executor.submit(basics.nothing), 'ERR_QUEUE_FULL');
        assert.deepEqual([await accepted, asked], [3, ['add']]);
      } finally {
        registration[Symbol.dispose]();
      }
      await blocker;
    },
  },
  {
    id: 'O4-inject-interferes',
    rule: 'O4',
    title: 'an inject() that shuts the executor down has the task refused, not lost',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const registration = registerContextCarrier({
        name: 'interferer',
        inject: () => void executor.terminate(),
        extract: (_value, run) => run(),
      });
      try {
        const error = await errorOf(executor.submit(basics.nothing));
        assert.equal(Reflect.get(Object(error), 'code'), 'ERR_EXECUTOR_SHUTDOWN');
      } finally {
        registration[Symbol.dispose]();
      }
    },
  },
];
