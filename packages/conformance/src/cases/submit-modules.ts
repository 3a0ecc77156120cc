import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { tasksFrom } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { localOnly } from '../local-only.js';
import { assertCode, errorOf } from './outcomes.js';
import { writeTaskFile } from './task-file.js';

interface Work {
  work(): string;
}

/** Whether this Node runs TypeScript by stripping its types. */
const stripsTypes = Boolean(process.features.typescript);

const typed =
  'interface Named { readonly name: string }\nexport function work(): string { const named: Named = { name: "typed" }; return named.name; }\n';

/** S10: modules of tasks. */
export const moduleCases: readonly ConformanceCase[] = [
  {
    id: 'S10-any-number-of-modules',
    rule: 'S10',
    title: 'one executor runs functions of several modules, and the right one where names are the same',
    local: localOnly.modules,
    async run({ create, folder, tasks }) {
      const executor = create();
      const [dir, names] = [folder(), ['one', 'two', 'three']];
      const modules = names.map((name) =>
        tasksFrom<Work>(writeTaskFile(dir, `${name}.mjs`, `export const work = () => '${name}';\n`)),
      );
      assert.deepEqual(await Promise.all(modules.map((module) => executor.submit(module.work))), names);
      assert.equal(await executor.submit(tasks.basics.add, 1, 2), 3);
    },
  },
  {
    id: 'S10-imported-once-per-worker',
    rule: 'S10',
    title: 'a module is imported on first use, once in each worker',
    local: localOnly.modules,
    async run({ create, folder, gate, kind, tasks: { basics }, trace }) {
      const [imports, latch] = [trace(), await gate()];
      const text = `
        import { appendFileSync } from 'node:fs';
        appendFileSync(${JSON.stringify(imports.handle.file)}, 'imported\\n');
        export { waitAt } from ${JSON.stringify(basics.waitAt.module)};
      `;
      const module = tasksFrom<{ waitAt(gate: typeof latch.handle): Promise<void> }>(
        writeTaskFile(folder(), 'traced.mjs', text),
      );
      const executor = create({ maxWorkers: 2 });
      await executor.submit(basics.nothing);
      assert.deepEqual(imports.lines(), [], 'not before it is used');
      const both = [executor.submit(module.waitAt, latch.handle), executor.submit(module.waitAt, latch.handle)];
      await latch.waiting(2);
      latch.open();
      await Promise.all(both);
      for (let call = 0; call < 5; call += 1) await executor.submit(module.waitAt, latch.handle);
      assert.equal(imports.lines().length, kind === 'inline' ? 1 : 2);
    },
  },
  {
    id: 'S10-module-state-stays',
    rule: 'S10',
    title: "a module's state stays in its worker from task to task",
    local: localOnly.modules,
    async run({ create, folder }) {
      const url = writeTaskFile(folder(), 'state.mjs', 'let calls = 0;\nexport const count = () => (calls += 1);\n');
      const { count } = tasksFrom<{ count(): number }>(url);
      const executor = create({ maxWorkers: 1 });
      assert.deepEqual(
        [await executor.submit(count), await executor.submit(count), await executor.submit(count)],
        [1, 2, 3],
      );
    },
  },
  {
    id: 'S10-imported-by-the-initializer',
    rule: 'S10',
    title:
      'the first task of a module that the initializer has imported already is a task that runs, and not one whose module is imported',
    local: localOnly.hooks,
    async run({ create, gate, tasks: { basics } }) {
      const latch = await gate();
      const executor = create({ maxWorkers: 1, startTimeout: 5000, initializer: { task: basics.nothing } });
      await assertCode(executor.with({ runTimeout: 10 }).submit(basics.waitAt, latch.handle), 'ERR_TASK_TIMEOUT');
    },
  },
  {
    id: 'S10-kinds-of-modules',
    rule: 'S10',
    title: 'ES modules, CommonJS modules, data: URLs and the built-ins of Node work',
    local: localOnly.modules,
    async run({ create, folder }) {
      const executor = create();
      const dir = folder();
      writeTaskFile(dir, 'package.json', '{ "type": "module" }');
      const sources = {
        'module.js': `import { basename } from 'node:path';\nexport function work() { return basename('/a/module.js'); }\n`,
        'module.mjs': `export async function work() { return 'module.mjs'; }\n`,
        'named.cjs': `exports.work = () => 'named.cjs';\n`,
        'object.cjs': `function work() { return 'object.cjs'; }\nmodule.exports = { work };\n`,
      };
      for (const [name, text] of Object.entries(sources)) {
        assert.equal(await executor.submit(tasksFrom<Work>(writeTaskFile(dir, name, text)).work), name);
      }
      assert.equal(
        await executor.submit(tasksFrom<Work>("data:text/javascript,export const work = () => 'data'").work),
        'data',
      );
      const path = tasksFrom<{ basename(path: string): string }>('node:path');
      assert.equal(await executor.submit(path.basename, '/a/b.txt'), 'b.txt');
      const zlib = tasksFrom<{ gzipSync(text: string): Uint8Array; gunzipSync(data: Uint8Array): Uint8Array }>('zlib');
      const packed = await executor.submit(zlib.gzipSync, 'text');
      assert.equal(new TextDecoder().decode(await executor.submit(zlib.gunzipSync, packed)), 'text');
    },
  },
  {
    id: 'S10-default-export',
    rule: 'S10',
    title: 'a default export is an export like any other',
    local: localOnly.modules,
    async run({ create, folder }) {
      const url = writeTaskFile(folder(), 'default.mjs', `export default function () { return 'default'; }\n`);
      assert.equal(await create().submit(tasksFrom<{ default(): string }>(url).default), 'default');
    },
  },
  {
    id: 'S10-ways-to-name-a-file',
    rule: 'S10',
    title: 'a URL object, its text and an absolute path name the same module, with any characters in them',
    local: localOnly.modules,
    async run({ create, folder }) {
      const executor = create({ maxWorkers: 1 });
      const url = writeTaskFile(
        folder(),
        'a b/100% #1 für ✓.mjs',
        'let calls = 0;\nexport const count = () => (calls += 1);\n',
      );
      const names = [new URL(url), url, fileURLToPath(url)];
      const counts = [];
      for (const name of names) counts.push(await executor.submit(tasksFrom<{ count(): number }>(name).count));
      assert.deepEqual(counts, [1, 2, 3]);
    },
  },
  {
    id: 'S10-typescript',
    rule: 'S10',
    title: 'a .ts module works where Node strips types, and else is a TaskModuleError that names it',
    local: localOnly.modules,
    async run({ create, folder }) {
      const executor = create();
      const dir = folder();
      writeTaskFile(dir, 'package.json', '{ "type": "module" }');
      for (const name of ['typed.ts', 'typed.mts']) {
        const future = executor.submit(tasksFrom<Work>(writeTaskFile(dir, name, typed)).work);
        if (stripsTypes) assert.equal(await future, 'typed');
        else await assertModuleError(future, name);
      }
    },
  },
  {
    id: 'S10-typescript-in-place-of-javascript',
    rule: 'S10',
    title:
      'where work.js does not exist and work.ts does, that one is used or named; where both exist, work.js is used',
    local: localOnly.modules,
    async run({ create, folder }) {
      const executor = create();
      const dir = folder();
      writeTaskFile(dir, 'package.json', '{ "type": "module" }');
      const source = writeTaskFile(dir, 'work.ts', typed);
      const missing = executor.submit(tasksFrom<Work>(source.replace(/ts$/, 'js')).work);
      if (stripsTypes) assert.equal(await missing, 'typed');
      else await assertModuleError(missing, 'work.ts');
      writeTaskFile(dir, 'both.ts', typed);
      const both = writeTaskFile(dir, 'both.js', `export const work = () => 'javascript';\n`);
      assert.equal(await executor.submit(tasksFrom<Work>(both).work), 'javascript');
    },
  },
];

async function assertModuleError(future: Promise<unknown>, file: string): Promise<void> {
  const error: Error & { code?: unknown } = await errorOf(future);
  assert.equal(error.code, 'ERR_TASK_MODULE', error.stack);
  assert.ok(error.message.includes(file), error.message);
}
