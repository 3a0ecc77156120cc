import assert from 'node:assert/strict';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { defaultMaxWorkers, getDefaultExecutor, run, runInExecutor, setDefaultExecutor } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { localOnly } from '../local-only.js';
import { withDefault } from './with-default.js';

const clean = { stderr: '', exitCode: 0 };

/** A second copy of core, as two versions of a dependency would bring it. Gives the URL of its folder, with a slash. */
function copyOfCore(folder: string): string {
  const built = dirname(fileURLToPath(import.meta.resolve('@anypool/core')));
  const copy = join(folder, 'copy');
  mkdirSync(copy);
  writeFileSync(join(copy, 'package.json'), '{ "type": "module" }');
  cpSync(built, join(copy, 'dist'), { recursive: true });
  return pathToFileURL(join(copy, 'dist/')).href;
}

export const defaultSharingCases: readonly ConformanceCase[] = [
  {
    id: 'D1-core-alone',
    rule: 'D1',
    title: 'with core alone and no default executor set, run() rejects and says what to do',
    kinds: ['thread'],
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(`
        for (const start of [() => core.run(tasks.basics.add, 1, 2), () => core.runInExecutor(null, tasks.basics.add, 1, 2)]) {
          const future = start();
          const error = await future.catch((error) => error);
          console.log(future instanceof Promise, future.state, future.cancel(), /'anypool'/.test(error.message), /setDefaultExecutor/.test(error.message));
        }
        await core.shutdownDefaultExecutor();
      `);
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'true rejected false true true\n'.repeat(2), ...clean });
    },
  },
  {
    id: 'D1-backend-from-the-environment',
    rule: 'D1',
    title: 'ANYPOOL_BACKEND=inline makes the default executor an inline one, at first use and only once',
    kinds: ['thread'],
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(
        `
        console.log(await core.run(tasks.basics.add, 1, 2), core.getDefaultExecutor().kind);
        const { pid } = await core.runInExecutor(null, tasks.basics.place);
        console.log(pid === process.pid, await core.run(tasks.basics.count), await core.run(tasks.basics.count));
        await core.shutdownDefaultExecutor();
        console.log(await core.run(tasks.basics.add, 2, 2));
        `,
        { env: { ...process.env, ANYPOOL_BACKEND: 'inline' } },
      );
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: '3 inline\ntrue 1 2\n4\n', ...clean });
    },
  },
  {
    id: 'D1-size',
    rule: 'D1',
    title: 'the default size is the usable CPUs and four more, and 32 at most',
    kinds: ['thread'],
    async run() {
      const size = defaultMaxWorkers();
      assert.ok(Number.isInteger(size) && size >= 5 && size <= Math.min(32, availableParallelism() + 4), String(size));
    },
  },
  {
    id: 'D1-shared',
    rule: 'D1',
    title: 'run() and runInExecutor(null, ...) use the default executor that was set',
    async run({ create, kind, tasks: { basics, control } }) {
      const executor = create({ maxWorkers: 1, name: 'the default' });
      await withDefault(executor, async () => {
        assert.equal(await run(basics.add, 1, 2), 3);
        assert.equal(await runInExecutor(null, basics.add, 2, 2), 4);
        assert.equal((await run(control.readContext)).executor, 'the default');
        assert.deepEqual([getDefaultExecutor().kind, getDefaultExecutor().name], [kind, 'the default']);
        await assert.rejects(run(control.failWith, 'broken'), { message: 'broken' });
      });
    },
  },
  {
    id: 'D1-shared-by-copies-of-the-package',
    rule: 'D1',
    title:
      'duplicate copies of the package share the default executor, and tasks, errors, contexts, carriers and moves understand each other',
    local: localOnly.modules,
    async run({ script, folder }) {
      const copy = copyOfCore(folder());
      const taskModule = `
        import { taskContext } from '${copy}task.js';
        import { registerContextCarrier } from '${copy}index.js';
        export function facts() {
          const { executor, taskId, signal, cancelled } = taskContext();
          taskContext().report('from the copy');
          return [executor, taskId > 0, signal.aborted, cancelled].join();
        }
        export const carrier = { name: 'copied', inject: () => 'from the copy', extract(value, run) { globalThis.carried = value; return run(); } };
        // Inline, the caller has done it.
        if (globalThis.isCaller === undefined) registerContextCarrier(carrier);
        export function whatWasCarried() { return globalThis.carried; }
      `;
      const { stdout, stderr, exitCode } = await script(`
        const copy = await import('${copy}index.js');
        core.setDefaultExecutor(createExecutor({ maxWorkers: 1, name: 'shared' }));
        console.log(await copy.run(tasks.basics.add, 1, 2), copy.getDefaultExecutor().name);
        console.log(await copy.run(core.partial(tasks.basics.add, 1), 2), await core.run(copy.partial(tasks.basics.add, 1), 3));
        const taskModule = ${JSON.stringify(taskModule)};
        globalThis.isCaller = true;
        const { facts, whatWasCarried } = copy.tasksFrom('data:text/javascript,' + encodeURIComponent(taskModule));
        console.log(await core.run(facts).onProgress(console.log));
        const { carrier } = await import('data:text/javascript,' + encodeURIComponent(taskModule));
        copy.registerContextCarrier(carrier);
        console.log(await core.run(whatWasCarried));
        const memory = new ArrayBuffer(8);
        const { transfer } = core.getDefaultExecutor().capabilities;
        await core.run(tasks.basics.echo, copy.move(memory));
        console.log(transfer === (memory.byteLength === 0));
        const future = copy.run(tasks.basics.nothing);
        future.cancel();
        console.log(await future.catch((error) => error.code));
        console.log(copy.setDefaultExecutor(copy.inlineExecutor({ name: 'other' })).name, core.getDefaultExecutor().name);
        await core.shutdownDefaultExecutor();
        console.log(await copy.run(tasks.basics.nothing).catch((error) => error.code));
      `);
      const lines = [
        '3 shared',
        '3 4',
        'from the copy',
        'shared,true,false,false',
        'from the copy',
        'true',
        'ERR_CANCELLED',
        'shared other',
        'ERR_WORKER_START',
        '',
      ];
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: lines.join('\n'), ...clean });
    },
  },
  {
    id: 'D2-replaced',
    rule: 'D2',
    title: 'setDefaultExecutor() returns the one before, not shut down, and its tasks finish',
    async run({ create, tasks: { basics, control }, gate }) {
      const [first, second] = [create({ maxWorkers: 1, name: 'first' }), create({ maxWorkers: 1, name: 'second' })];
      const door = await gate();
      await withDefault(first, async () => {
        const running = run(basics.waitAndReturn, door.handle, 'ran');
        const queued = run(control.readContext);
        await door.waiting(1);
        assert.equal(setDefaultExecutor(second), first);
        assert.equal((await run(control.readContext)).executor, 'second');
        assert.deepEqual([first.state, running.state, queued.state], ['running', 'running', 'queued']);
        door.open();
        assert.equal(await running, 'ran');
        assert.equal((await queued).executor, 'first');
        assert.equal(await first.submit(basics.add, 1, 2), 3);
        assert.equal(setDefaultExecutor(first), second);
        assert.equal(setDefaultExecutor(first), first);
      });
    },
  },
  {
    id: 'D2-lazily-made-one-closes-itself',
    rule: 'D2',
    title:
      'a default executor that was made at first use finishes its tasks when another is set, and nobody gets it, also not by setting a lease of it',
    kinds: ['thread'],
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(
        `
        const before = core.run(tasks.basics.addLater, 1, 2);
        const executor = createExecutor({ maxWorkers: 1 });
        console.log(core.setDefaultExecutor(core.getDefaultExecutor()), core.setDefaultExecutor(executor));
        console.log(await core.run(tasks.basics.add, 2, 2), core.getDefaultExecutor().kind, await before);
        await core.shutdownDefaultExecutor();
        console.log(executor.state);
        `,
        { env: { ...process.env, ANYPOOL_BACKEND: 'inline' } },
      );
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'undefined undefined\n4 thread 3\nclosed\n', ...clean });
    },
  },
  {
    id: 'D2-no-executor',
    rule: 'D2',
    title: 'what is no executor is refused, and the default stays as it was',
    async run({ create, tasks: { basics } }) {
      await withDefault(create({ maxWorkers: 1 }), async () => {
        for (const wrong of [undefined, null, {}, () => {}]) {
          assert.throws(() => Reflect.apply(setDefaultExecutor, undefined, [wrong]), TypeError);
        }
        assert.equal(await run(basics.add, 1, 2), 3);
      });
    },
  },
  {
    id: 'D2-no-view',
    rule: 'D2',
    title: 'a view of an executor, which nobody could shut down, cannot be the default one, but can be submitted to',
    async run({ create, tasks: { basics } }) {
      const [shared, own] = [create({ maxWorkers: 1 }), create({ maxWorkers: 1 })];
      await withDefault(shared, async () => {
        for (const view of [own.with({}), own.limit(1), { submit() {} }]) {
          assert.throws(() => Reflect.apply(setDefaultExecutor, undefined, [view]), TypeError);
        }
        assert.equal(await run(basics.add, 1, 2), 3);
        assert.equal(await Reflect.apply(runInExecutor, undefined, [own.with({}), basics.add, 1, 2]), 3);
      });
    },
  },
  {
    id: 'D3-own-executors-keep-apart',
    rule: 'D3',
    title: 'tasks of an own executor never wait for the default one, nor the other way round',
    async run({ create, tasks: { basics, control }, gate }) {
      const [shared, own] = [create({ maxWorkers: 1, name: 'shared' }), create({ maxWorkers: 1, name: 'own' })];
      await withDefault(shared, async () => {
        const doors = [await gate(), await gate()] as const;
        const blocked = [run(basics.waitAt, doors[0].handle), run(basics.nothing)];
        await doors[0].waiting(1);
        assert.equal((await runInExecutor(own, control.readContext)).executor, 'own');
        doors[0].open();
        await Promise.all(blocked);

        const ownBlocked = [own.submit(basics.waitAt, doors[1].handle), own.submit(basics.nothing)];
        await doors[1].waiting(1);
        assert.equal((await run(control.readContext)).executor, 'shared');
        doors[1].open();
        await Promise.all(ownBlocked);
      });
    },
  },
  {
    id: 'D3-wrong-executor',
    rule: 'D3',
    title: 'runInExecutor() with something that is neither an executor nor null rejects',
    async run({ tasks: { basics } }) {
      for (const wrong of [undefined, {}, 'tinypool', 3]) {
        const future: Promise<unknown> = Reflect.apply(runInExecutor, undefined, [wrong, basics.nothing]);
        await assert.rejects(future, TypeError);
      }
    },
  },
];
