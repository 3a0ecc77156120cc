import assert from 'node:assert/strict';
import { tasksFrom } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import type { Throwable } from '../fixtures/errors.js';
import { localOnly } from '../local-only.js';
import { errorOf } from './outcomes.js';
import { reasonOf } from './rejection.js';
import { writeTaskFile } from './task-file.js';

/** Throws in its third line. */
const failing = `export function shallow() {}
export function fail(message) {
  throw new Error(message);
}
export async function failLater() {
  await null;
  throw new TypeError('later', { cause: new Error('why') });
}
`;

const anything: readonly unknown[] = [
  'text',
  '',
  undefined,
  null,
  0,
  -0,
  Number.NaN,
  42,
  10n,
  true,
  false,
  [1, [2]],
  { a: { b: 1 } },
  new Map([[1, 2]]),
];

/** E4-E7: stacks, things thrown that are no errors, and what failures leave behind. */
export const thrownCases: readonly ConformanceCase[] = [
  {
    id: 'E4-frames-of-the-worker',
    rule: 'E4',
    title: "the stack begins with the error and has the frames of the task's own file, with the line",
    local: localOnly.modules,
    async run({ create, folder }) {
      const tasks = tasksFrom<{ fail(message: string): void; failLater(): Promise<void> }>(
        writeTaskFile(folder(), 'failing.mjs', failing),
      );
      const executor = create();
      const { stack = '' } = await errorOf(executor.submit(tasks.fail, 'boom'));
      assert.match(stack, /^Error: boom\n/);
      assert.match(stack, /at fail \(.*failing\.mjs:3:9\)/);
      const later = await errorOf(executor.submit(tasks.failLater));
      assert.match(later.stack ?? '', /failing\.mjs:7:9/);
      assert.ok(later.cause instanceof Error);
      assert.match(later.cause.stack ?? '', /failing\.mjs:7:\d+/);
    },
  },
  {
    id: 'E4-where-it-came-from',
    rule: 'E4',
    title: 'after the frames of the worker, the stack names the executor, the worker and the task',
    local: localOnly.modules,
    async run({ create, folder, tasks: { control } }) {
      const { fail } = tasksFrom<{ fail(message: string): void }>(writeTaskFile(folder(), 'failing.mjs', failing));
      const executor = create({ maxWorkers: 1, name: 'the-name-of-the-pool' });
      const { workerId } = await executor.submit(control.readContext);
      const { stack = '' } = await errorOf(executor.submit(fail, 'boom'));
      const lines = stack.split('\n');
      const frame = lines.findIndex((line) => line.includes('failing.mjs:3:9'));
      const origin = lines.findIndex((line) => line.includes('the-name-of-the-pool'));
      assert.ok(frame > 0 && origin > frame, stack);
      assert.match(lines[origin] ?? '', new RegExp(`\\b${workerId}\\b`));
      assert.match(lines[origin] ?? '', /\bfail\b/);
    },
  },
  {
    id: 'E5-anything-may-be-thrown',
    rule: 'E5',
    title: 'what is thrown arrives as thrown, from sync and async tasks: text, undefined, null, numbers, objects',
    async run({ create, tasks: { errors } }) {
      const executor = create({ maxWorkers: 1 });
      for (const value of anything) {
        for (const task of [errors.raiseValue, errors.raiseValueLater]) {
          assert.deepEqual([await reasonOf(executor.submit(task, value))], [value]);
        }
      }
    },
  },
  {
    id: 'E5-frozen',
    rule: 'E5',
    title: 'a frozen object and a frozen error arrive like others',
    async run({ create, tasks: { errors } }) {
      const executor = create();
      assert.deepEqual(await reasonOf(executor.submit(errors.raiseValue, Object.freeze({ a: Object.freeze([1]) }))), {
        a: [1],
      });
      const error = await errorOf(executor.submit(errors.raise, 'frozenError'));
      assert.ok(error instanceof TypeError);
      assert.deepEqual([error.message, Reflect.get(error, 'code')], ['boom', 'E_BOOM']);
    },
  },
  {
    id: 'E5-functions-and-symbols',
    rule: 'E5',
    title: 'a thrown function or symbol arrives as an Error that describes it',
    async run({ create, tasks: { errors } }) {
      const executor = create();
      for (const name of ['functionItself', 'symbolItself'] as const) {
        assert.match((await errorOf(executor.submit(errors.raise, name))).message, /culprit/, name);
      }
    },
  },
  {
    id: 'E5-what-cannot-travel',
    rule: 'E5',
    title: 'anything else that cannot travel still rejects the Future, and the worker goes on',
    local: localOnly.place,
    async run({ create, tasks: { basics, errors } }) {
      const executor = create({ maxWorkers: 1 });
      const before = await executor.submit(basics.place);
      for (const name of ['promiseItself', 'proxyItself', 'functionInside'] as const)
        await reasonOf(executor.submit(errors.raise, name));
      assert.deepEqual(await executor.submit(basics.place), before);
    },
  },
  {
    id: 'E6-every-way-to-fail',
    rule: 'E6',
    title: 'a throw, an async throw, a rejected promise and a rejected thenable are the same to the caller',
    async run({ create, tasks: { errors } }) {
      const executor = create({ maxWorkers: 1 });
      const names: readonly Throwable[] = ['coded', 'rich', 'abortError', 'aggregateError'];
      for (const name of names) {
        const seen = [];
        for (const task of [errors.raise, errors.raiseLater, errors.reject, errors.rejectThenable]) {
          const future = executor.submit(task, name);
          const error = await errorOf(future);
          seen.push({
            state: future.state,
            type: error.constructor,
            name: error.name,
            message: error.message,
            keys: Object.keys(error),
          });
        }
        for (const other of seen) assert.deepEqual(other, seen[0]);
      }
      for (const task of [errors.raise, errors.raiseLater, errors.reject, errors.rejectThenable]) {
        assert.deepEqual([await reasonOf(executor.submit(task, 'negativeZero'))], [-0]);
      }
    },
  },
  {
    id: 'E7-the-worker-goes-on',
    rule: 'E7',
    title: 'after failures of every sort the next task runs in the same worker, and its modules keep their state',
    local: localOnly.place,
    async run({ create, tasks: { basics, errors } }) {
      const executor = create({ maxWorkers: 1 });
      const [place, count] = [await executor.submit(basics.place), await executor.submit(basics.count)];
      for (const name of ['error', 'withFunction', 'symbolItself', 'cycle', 'oddStack'] as const) {
        await errorOf(executor.submit(errors.raise, name));
        await errorOf(executor.submit(errors.raiseLater, name));
      }
      assert.equal(await executor.submit(basics.count), count + 1);
      assert.deepEqual(await executor.submit(basics.place), place);
    },
  },
  {
    id: 'E7-state-of-the-failing-module',
    rule: 'E7',
    title: 'the state of the very module that fails is intact',
    local: localOnly.modules,
    async run({ create, folder }) {
      const text = `
        let n = 0;
        export const fail = () => { n += 1; throw new Error('failure ' + n); };
        export const count = () => n;
      `;
      const url = writeTaskFile(folder(), 'counts.mjs', text);
      const { fail, count } = tasksFrom<{ fail(): void; count(): number }>(url);
      const executor = create({ maxWorkers: 1 });
      const messages = [];
      for (let call = 0; call < 20; call += 1) messages.push((await errorOf(executor.submit(fail))).message);
      assert.deepEqual([messages[0], messages[19]], ['failure 1', 'failure 20']);
      assert.equal(await executor.submit(count), 20);
    },
  },
];
