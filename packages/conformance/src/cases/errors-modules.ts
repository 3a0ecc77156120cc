import assert from 'node:assert/strict';
import { TaskModuleError, TaskNotFoundError, tasksFrom, WorkerCrashedError } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { localOnly } from '../local-only.js';
import { errorOf } from './outcomes.js';
import { writeTaskFile } from './task-file.js';

interface Work {
  work(): string;
}

/** Modules that cannot be imported: what is in them, and what the cause is then. */
const broken: Readonly<Record<string, { readonly text: string; readonly cause: RegExp }>> = {
  'does-not-parse.mjs': { text: 'export function work() { return', cause: /^SyntaxError/ },
  'throws.mjs': {
    text: `throw new RangeError('not today');\nexport function work() {}`,
    cause: /^RangeError: not today/,
  },
  'rejects.mjs': {
    text: `await Promise.reject(new TypeError('not today'));\nexport function work() {}`,
    cause: /^TypeError: not today/,
  },
  'throws-text.mjs': { text: `throw 'just text';\nexport function work() {}`, cause: /just text/ },
  'lacks-a-module.mjs': { text: `import './nowhere.mjs';\nexport function work() {}`, cause: /nowhere\.mjs/ },
  'lacks-an-export.mjs': {
    text: `import { nothing } from 'node:path';\nexport function work() {}`,
    cause: /^SyntaxError.*nothing/,
  },
  'throws.cjs': { text: `throw new RangeError('not today');`, cause: /^RangeError: not today/ },
};

async function moduleError(future: Promise<unknown>): Promise<TaskModuleError> {
  const error = await errorOf(future);
  assert.ok(error instanceof TaskModuleError, error.stack);
  return error;
}

async function notFound(future: Promise<unknown>): Promise<TaskNotFoundError> {
  const error = await errorOf(future);
  assert.ok(error instanceof TaskNotFoundError, error.stack);
  return error;
}

/** E9, E10: modules that cannot be imported, exports that are not there. */
export const moduleErrorCases: readonly ConformanceCase[] = [
  {
    id: 'E9-missing-module',
    rule: 'E9',
    title:
      'a module that is missing is a TaskModuleError that names it, at every submit; other modules go on in the same worker',
    local: localOnly.modules,
    async run({ create, folder, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const before = await executor.submit(basics.place);
      const url = writeTaskFile(folder(), 'here.mjs', '').replace('here', 'missing');
      for (let attempt = 0; attempt < 3; attempt += 1) {
        const error = await moduleError(executor.submit(tasksFrom<Work>(url).work));
        assert.equal(error.module, url);
        assert.match(error.message, /missing\.mjs/);
        assert.equal(Reflect.get(Object(error.cause), 'code'), 'ERR_MODULE_NOT_FOUND');
        assert.deepEqual(await executor.submit(basics.place), before);
      }
      await moduleError(executor.submit(tasksFrom<Work>('node:nowhere').work));
    },
  },
  {
    id: 'E9-broken-modules',
    rule: 'E9',
    title:
      'a module that does not parse, throws or lacks something is a TaskModuleError with the cause, at every submit',
    local: localOnly.modules,
    async run({ create, folder, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const [dir, before] = [folder(), await executor.submit(basics.place)];
      for (const [name, { cause, text }] of Object.entries(broken)) {
        const { work } = tasksFrom<Work>(writeTaskFile(dir, name, text));
        for (let attempt = 0; attempt < 3; attempt += 1) {
          const error = await moduleError(executor.submit(work));
          assert.match(String(error.cause), cause, name);
          assert.ok(error.message.includes(name), error.message);
        }
      }
      assert.deepEqual(await executor.submit(basics.place), before, 'the worker is the same');
    },
  },
  {
    id: 'E9-many-at-once',
    rule: 'E9',
    title: 'of many tasks submitted at once, those of a broken module all reject and the others run',
    local: localOnly.modules,
    async run({ create, folder, tasks: { basics } }) {
      const executor = create({ maxWorkers: 2 });
      const { work } = tasksFrom<Work>(writeTaskFile(folder(), 'broken.mjs', 'throw null;\nexport function work() {}'));
      const futures = Array.from(
        { length: 20 },
        (_, index) => [executor.submit(work), executor.submit(basics.add, index, 1)] as const,
      );
      await Promise.all(futures.map(([broken]) => moduleError(broken)));
      for (const [index, [, sum]] of futures.entries()) assert.equal(await sum, index + 1);
    },
  },
  {
    id: 'E9-exits-while-imported',
    rule: 'E9',
    title:
      'a module that ends its worker while it is imported is a WorkerCrashedError at every submit, with one new worker each',
    requires: ['isolation'],
    async run({ create, folder, tasks: { basics }, trace }) {
      const starts = trace();
      const executor = create({
        maxWorkers: 1,
        initializer: { task: basics.leaveTrace, args: [starts.handle, 'start'] },
      });
      const { work } = tasksFrom<Work>(
        writeTaskFile(folder(), 'exits.mjs', 'process.exit(5);\nexport function work() {}'),
      );
      for (let attempt = 0; attempt < 4; attempt += 1) {
        const error = await errorOf(executor.submit(work));
        assert.ok(error instanceof WorkerCrashedError, error.stack);
        assert.deepEqual([error.during, error.exitCode, error.task?.name], ['import', 5, 'work']);
      }
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.equal(starts.lines().length, 5, 'no worker was started that nobody needed');
    },
  },
  {
    id: 'E10-missing-export',
    rule: 'E10',
    title: 'an export that is missing, or no function, is a TaskNotFoundError that lists those there are',
    local: localOnly.modules,
    async run({ create, folder, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const before = await executor.submit(basics.place);
      const text =
        'export function one() {}\nexport async function two() {}\nexport const three = () => {};\nexport const value = 5;\nexport let none;\n';
      const url = writeTaskFile(folder(), 'some.mjs', text);
      const some = tasksFrom<{ four(): void; value(): void; none(): void; default(): void }>(url);
      for (const task of [some.four, some.value, some.none, some.default]) {
        const error = await notFound(executor.submit(task));
        assert.equal(error.module, url);
        assert.deepEqual([...error.exports].sort(), ['one', 'three', 'two']);
        for (const part of [task.name, 'some.mjs', 'one', 'two', 'three'])
          assert.ok(error.message.includes(part), `${part}: ${error.message}`);
      }
      assert.deepEqual(await executor.submit(basics.place), before);
    },
  },
  {
    id: 'E10-other-sorts-of-modules',
    rule: 'E10',
    title: 'in a CommonJS module, a built-in and a module without exports a missing export is the same',
    local: localOnly.modules,
    async run({ create, folder }) {
      const executor = create();
      const [dir] = [folder()];
      const named = await notFound(
        executor.submit(tasksFrom<Work>(writeTaskFile(dir, 'named.cjs', 'exports.one = () => 1;\n')).work),
      );
      assert.ok(named.exports.includes('one'));
      const builtIn = await notFound(executor.submit(tasksFrom<Work>('node:path').work));
      assert.ok(builtIn.exports.includes('basename'));
      const empty = await notFound(
        executor.submit(tasksFrom<Work>(writeTaskFile(dir, 'empty.mjs', 'export {};\n')).work),
      );
      assert.deepEqual(empty.exports, []);
    },
  },
  {
    id: 'E10-inherited-names',
    rule: 'E10',
    title: 'what every object has is no export: toString, constructor, __proto__',
    local: localOnly.modules,
    async run({ create, folder }) {
      const executor = create();
      const dir = folder();
      const sources = { 'module.mjs': 'export function one() {}\n', 'object.cjs': 'module.exports = { one() {} };\n' };
      for (const [name, text] of Object.entries(sources)) {
        const module = tasksFrom<Record<string, () => void>>(writeTaskFile(dir, name, text));
        for (const inherited of ['toString', 'constructor', '__proto__', 'hasOwnProperty', 'valueOf']) {
          const task = module[inherited];
          assert.ok(task !== undefined);
          await notFound(executor.submit(task));
        }
      }
    },
  },
];
