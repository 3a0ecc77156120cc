import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { ConformanceCase } from '../case.js';

const kinds = ['thread', 'process'] as const;

export const workerSurroundingsCases: readonly ConformanceCase[] = [
  {
    id: 'W10-env-of-the-caller',
    rule: 'W10',
    title: "workers have a copy of the caller's environment, and what they write to it stays theirs",
    kinds,
    async run({ create, tasks: { lifecycle } }) {
      process.env['ANYPOOL_CASE_MARK'] = 'of the caller';
      try {
        const executor = create({ maxWorkers: 1 });
        const { env } = await executor.submit(lifecycle.surroundings);
        assert.equal(env['ANYPOOL_CASE_MARK'], 'of the caller');
        assert.equal(env['PATH'], process.env['PATH']);
        assert.equal(await executor.submit(lifecycle.setEnv, 'ANYPOOL_CASE_MARK', 'of a worker'), 'of a worker');
        assert.equal(process.env['ANYPOOL_CASE_MARK'], 'of the caller');
      } finally {
        delete process.env['ANYPOOL_CASE_MARK'];
      }
    },
  },
  {
    id: 'W10-env-replaced',
    rule: 'W10',
    title: 'a given env takes the place of the whole environment',
    kinds,
    async run({ create, tasks: { lifecycle } }) {
      process.env['ANYPOOL_CASE_MARK'] = 'of the caller';
      try {
        const executor = create({
          maxWorkers: 1,
          env: { ANYPOOL_CASE_GIVEN: 'yes', ANYPOOL_CASE_EMPTY: '', ANYPOOL_CASE_ABSENT: undefined },
        });
        const { env } = await executor.submit(lifecycle.surroundings);
        assert.equal('ANYPOOL_CASE_ABSENT' in env, false);
        assert.deepEqual([env['ANYPOOL_CASE_GIVEN'], env['ANYPOOL_CASE_EMPTY']], ['yes', '']);
        // What Node and systems add by themselves.
        const others = Object.keys(env).filter((key) => !/^(ANYPOOL_CASE_|NODE_V8_COVERAGE$|__CF)/.test(key));
        if (process.platform !== 'win32') assert.deepEqual(others, []);
        assert.deepEqual([env['ANYPOOL_CASE_MARK'], env['PATH']], [undefined, undefined]);
      } finally {
        delete process.env['ANYPOOL_CASE_MARK'];
      }
    },
  },
  {
    id: 'W10-argv',
    rule: 'W10',
    title: 'argv is what follows the script in process.argv of a worker; by default nothing does',
    kinds,
    async run({ create, tasks: { lifecycle } }) {
      const given = ['--level', '3', 'a b', ''];
      assert.deepEqual((await create({ maxWorkers: 1, argv: given }).submit(lifecycle.surroundings)).argv, given);
      assert.deepEqual((await create({ maxWorkers: 1 }).submit(lifecycle.surroundings)).argv, []);
    },
  },
  {
    id: 'W10-exec-argv',
    rule: 'W10',
    title: 'execArgv reaches the worker, its replacement too',
    kinds,
    async run({ create, tasks: { lifecycle } }) {
      const executor = create({ maxWorkers: 1, execArgv: ['--no-deprecation'] });
      const first = await executor.submit(lifecycle.surroundings);
      assert.ok(first.noDeprecation && first.execArgv.includes('--no-deprecation'));
      await assert.rejects(executor.submit(lifecycle.exitWith, 1), { code: 'ERR_WORKER_CRASHED' });
      assert.ok((await executor.submit(lifecycle.surroundings)).noDeprecation);
    },
  },
  {
    id: 'W10-name',
    rule: 'W10',
    title: 'a task knows the name of its executor; without one it is made of the backend and the kind',
    async run({ create, kind, tasks: { control } }) {
      const named = create({ maxWorkers: 1, name: 'thumbnails' });
      assert.equal(named.name, 'thumbnails');
      assert.equal((await named.submit(control.readContext)).executor, 'thumbnails');
      const unnamed = create({ maxWorkers: 1 });
      assert.match(unnamed.name, kind === 'inline' ? /inline/ : new RegExp(`^.+:${kind}$`));
      assert.equal((await unnamed.submit(control.readContext)).executor, unnamed.name);
    },
  },
  {
    id: 'W10-exec-argv-of-the-caller',
    rule: 'W10',
    title: 'by default workers have the Node options of the caller, less those that a worker cannot take',
    kinds,
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(
        `
        const executor = createExecutor({ maxWorkers: 1 });
        const { noDeprecation } = await executor.submit(tasks.lifecycle.surroundings);
        console.log(noDeprecation, await executor.submit(tasks.basics.add, 1, 2));
        await executor.shutdown();
        `,
        {
          execArgv: [
            '--no-deprecation',
            '--expose-gc',
            '--max-old-space-size=300',
            '--stack-trace-limit=20',
            '--title=anypool-case',
            '--v8-pool-size=2',
            '--trace-warnings',
            '--conditions=anypool-case',
            '--enable-source-maps',
          ],
        },
      );
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'true 3\n', stderr: '', exitCode: 0 });
    },
  },
  {
    id: 'W10-env-file',
    rule: 'W10',
    title: 'a file of variables that the caller was started with does not come before env, and need not be found again',
    kinds,
    async run({ folder, script }) {
      const files = folder();
      writeFileSync(join(files, 'variables'), 'ANYPOOL_CASE_FILE=of the file\nANYPOOL_CASE_MARK=of the file\n');
      // The script's own folder lies beside this one.
      const file = join('..', basename(files), 'variables');
      const { stdout, stderr, exitCode } = await script(
        `
        process.chdir('/');
        process.env.ANYPOOL_CASE_MARK = 'of the caller';
        for (const options of [{}, { env: { ANYPOOL_CASE_MARK: 'given' } }]) {
          const executor = createExecutor({ maxWorkers: 1, ...options });
          const { env } = await executor.submit(tasks.lifecycle.surroundings);
          console.log([env.ANYPOOL_CASE_FILE, env.ANYPOOL_CASE_MARK].join());
          await executor.shutdown();
        }
        `,
        { execArgv: [`--env-file=${file}`, '--no-deprecation'] },
      );
      const expected = 'of the file,of the caller\n,given\n';
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: expected, stderr: '', exitCode: 0 });
    },
  },
  {
    id: 'W10-exec-argv-not-of-the-caller',
    rule: 'W10',
    title: 'execArgv of the executor is what counts in its workers, whatever the caller was started with',
    kinds: ['process'],
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(
        `
        const executor = createExecutor({ maxWorkers: 1, execArgv: ['--max-old-space-size=100'] });
        const v8 = core.tasksFrom('node:v8');
        const { heap_size_limit } = await executor.submit(v8.getHeapStatistics);
        console.log(heap_size_limit < 300 * 2 ** 20);
        await executor.shutdown();
        `,
        { execArgv: ['--max-old-space-size=700'] },
      );
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'true\n', stderr: '', exitCode: 0 });
    },
  },
  {
    id: 'W10-node-options',
    rule: 'W10',
    title: 'NODE_OPTIONS in the environment, of whatever sort, hinders no worker',
    kinds,
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(
        `
        const executor = createExecutor({ maxWorkers: 1 });
        console.log(await executor.submit(tasks.basics.add, 1, 2));
        await executor.shutdown();
        `,
        {
          env: {
            ...process.env,
            NODE_OPTIONS: '--title=anypool-case --max-old-space-size=300 --v8-pool-size=2 --no-deprecation',
          },
        },
      );
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: '3\n', stderr: '', exitCode: 0 });
    },
  },
  {
    id: 'W10-evaluated-program',
    rule: 'W10',
    title: 'a program given to node --eval can use workers, for these get neither its text nor its module type',
    kinds,
    async run({ adapter, kind, tasks: { basics } }) {
      const text = `
        import { createExecutor } from ${JSON.stringify(adapter)};
        const executor = createExecutor({ kind: ${JSON.stringify(kind)}, maxWorkers: 1 });
        console.log(await executor.submit({ module: ${JSON.stringify(basics.add.module)}, name: 'add' }, 1, 2));
        await executor.shutdown();
      `;
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', text]);
      assert.equal(stdout, '3\n');
    },
  },
];
