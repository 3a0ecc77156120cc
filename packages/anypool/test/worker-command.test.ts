import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createExecutor } from '@anypool/bullmq';
import { type Executor, type ExecutorOptions, tasksFrom } from 'anypool';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findRedis, removeKeys, startRedis } from '../../bullmq/test/redis.js';
import { type Gate, openGate, type RunningCommand, startCommand } from './worker-process.js';

const tasksFile = fileURLToPath(new URL('./fixtures/worker-tasks.js', import.meta.url));
const tasks = tasksFrom<{ double(number: number): number; held(port: number): Promise<string> }>(
  new URL('./fixtures/worker-tasks.js', import.meta.url),
);
const fixtures = fileURLToPath(new URL('./fixtures', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'anypool-worker-'));
afterAll(() => rmSync(folder, { recursive: true }));

const started: RunningCommand[] = [];
afterEach(() => {
  for (const command of started.splice(0)) command.kill('SIGKILL');
});

function start(...[args, options]: Parameters<typeof startCommand>): RunningCommand {
  const command = startCommand(args, options);
  started.push(command);
  return command;
}

const redis = await findRedis();

describe.skipIf(redis === undefined)(
  redis === undefined ? 'THERE IS NO REDIS: no worker host is tested. Set REDIS_URL.' : 'anypool worker',
  () => {
    const url = redis?.url ?? '';
    let queue: string;
    let gate: Gate;

    beforeEach(async () => {
      queue = `worker-${randomUUID()}`;
      gate = await openGate();
    });
    afterEach(async () => {
      await gate.close();
      await removeKeys(url, queue);
    });
    afterAll(() => redis?.stop());

    function startWorker(...more: readonly string[]): RunningCommand {
      return start(['worker', '--queue', queue, '--connection', url, '--tasks', tasksFile, ...more]);
    }

    function submitter(options: { readonly secret?: string } & Pick<ExecutorOptions, 'name'> = {}): Executor {
      return createExecutor({ connection: url, queue, ...options });
    }

    test('tells when it takes tasks, runs them, and tells of its end', async () => {
      const args = ['--tasks', './worker-tasks.js', '--tasks', 'packer=node:zlib', '--tasks', 'node:path'];
      const command = start(['worker', '--queue', queue, ...args, '--concurrency', '3', '--health-interval', '0'], {
        cwd: fixtures,
        env: { REDIS_URL: url },
      });
      expect(await command.told('ready')).toEqual({
        event: 'ready',
        host: expect.stringMatching(/:\d+$/),
        queue,
        tasks: ['worker-tasks', 'packer', 'node:path'],
        concurrency: 3,
      });
      await using executor = submitter();
      expect(await executor.submit(tasks.double, 21)).toBe(42);
      command.kill('SIGTERM');
      const { code, stderr, stdout } = await command.end;
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout.trim().split('\n').slice(1)).toEqual([
        '{"event":"draining","running":0}',
        '{"event":"closed","completed":1,"refused":0,"cut":0}',
      ]);
    });

    test('runs them where it is told to, as who it is told to be', async () => {
      const command = startWorker('--backend', 'native:thread', '--name', 'one of two', '--prefix', 'mine');
      expect(await command.told('ready')).toMatchObject({ host: 'one of two' });
      await using executor = createExecutor({ connection: url, queue, prefix: 'mine' });
      expect(await executor.submit(tasks.double, 4)).toBe(8);
    });

    test.each(['SIGTERM', 'SIGINT'] as const)('finishes what runs on %s, and has exit code 0', async (signal) => {
      const command = startWorker('--drain-timeout', '60000');
      await command.told('ready');
      await using executor = submitter();
      const held = executor.submit(tasks.held, gate.port);
      const task = await gate.arrival();
      command.kill(signal);
      expect(await command.told('draining')).toEqual({ event: 'draining', running: 1 });
      task.write('told');
      expect(await held).toBe('told');
      const { code, stderr } = await command.end;
      expect([code, stderr]).toEqual([0, '']);
      expect(await command.told('closed')).toMatchObject({ completed: 1, cut: 0 });
    });

    test('cancels what runs past the drain timeout, and has exit code 1', async () => {
      const command = startWorker('--drain-timeout', '1');
      await command.told('ready');
      await using executor = submitter();
      const held = executor.submit(tasks.held, gate.port);
      const cancelled = expect(held).rejects.toMatchObject({ code: 'ERR_CANCELLED' });
      await gate.arrival();
      command.kill('SIGTERM');
      await cancelled;
      expect(await command.end).toMatchObject({ code: 1, signal: null, stderr: '' });
      expect(await command.told('closed')).toEqual({ event: 'closed', completed: 1, refused: 0, cut: 1 });
    });

    test('ends at once on a second signal, and its tasks with it', async () => {
      const command = startWorker();
      await command.told('ready');
      await using executor = submitter();
      const held = executor.submit(tasks.held, gate.port);
      held.catch(() => {});
      const task = await gate.arrival();
      const gone = once(task, 'close');
      task.resume();
      command.kill('SIGTERM');
      await command.told('draining');
      command.kill('SIGINT');
      const { code, stdout } = await command.end;
      expect(code).toBe(130);
      expect(stdout).not.toMatch(/"closed"/);
      await gone;
      await executor.terminate();
    });

    test('tells how it goes, also in a file', async () => {
      const file = join(folder, 'health');
      writeFileSync(file, 'of an earlier process');
      const command = startWorker('--health-interval', '1', '--health-file', file);
      await command.told('ready');
      expect(await command.told('health')).toEqual({ event: 'health', running: 0, completed: 0, refused: 0 });
      expect(readFileSync(file, 'utf8')).not.toMatch(/earlier/);
      command.kill('SIGTERM');
      await command.end;
      expect(readFileSync(file, 'utf8')).toBe('{"event":"closed","completed":0,"refused":0,"cut":0}\n');
    });

    test('accepts what any secret of its file has signed, and nothing else', async () => {
      const file = join(folder, 'secrets');
      writeFileSync(file, 'new secret\r\n\n old secret \n');
      const command = startWorker('--secret-file', file);
      await command.told('ready');
      await using executor = createExecutor({ connection: url, queue, secret: ['old secret', 'new secret'] });
      expect(await executor.submit(tasks.double, 3)).toBe(6);
      await using unsigned = submitter();
      await expect(unsigned.submit(tasks.double, 3)).rejects.toThrow();
      command.kill('SIGTERM');
      expect(await command.told('closed')).toMatchObject({ refused: 1 });
    });

    test('takes a secret from ANYPOOL_SECRET', async () => {
      const command = start(['worker', '--queue', queue, '--connection', url, '--tasks', tasksFile], {
        env: { ANYPOOL_SECRET: 'the secret' },
      });
      await command.told('ready');
      await using executor = submitter({ secret: 'the secret' });
      expect(await executor.submit(tasks.double, 3)).toBe(6);
      await using other = submitter({ secret: 'another' });
      await expect(other.submit(tasks.double, 3)).rejects.toThrow();
    });

    test('goes on when nobody reads its lines any more', async () => {
      const command = startWorker('--health-interval', '1');
      await command.told('ready');
      command.stopReading();
      await using executor = submitter();
      const held = executor.submit(tasks.held, gate.port);
      (await gate.arrival()).write('told');
      expect(await held).toBe('told');
      command.kill('SIGTERM');
      expect(await command.end).toMatchObject({ code: 0, stderr: '' });
    });
  },
);

describe('without Redis', () => {
  /** A port where connections are taken, and nothing is said. */
  async function silentServer() {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('There is no port.');
    return { server, url: `redis://user:password@127.0.0.1:${address.port}/2` };
  }

  test('it tries for the start timeout, and then has exit code 1 and one line without the password', async () => {
    const { server, url } = await silentServer();
    server.close();
    await once(server, 'close');
    const command = start([
      ...['worker', '--queue', 'any', '--tasks', tasksFile, '--connection', url],
      ...['--start-timeout', '50'],
    ]);
    const { code, stderr, stdout } = await command.end;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^anypool: Redis at redis:\/\/127\.0\.0\.1:\d+\/2 was not to be reached in 50 ms[^\n]*\n$/);
  });

  test('it can be ended while it tries', async () => {
    const { server, url } = await silentServer();
    const health = join(folder, 'old-health');
    writeFileSync(health, 'of an earlier process');
    const command = start([
      ...['worker', '--queue', 'any', '--tasks', tasksFile, '--connection', url],
      ...['--health-file', health],
    ]);
    const [socket] = await once(server, 'connection');
    expect(existsSync(health)).toBe(false);
    command.kill('SIGTERM');
    const { code, stderr } = await command.end;
    expect([code, stderr]).toEqual([0, '']);
    socket.destroy();
    server.close();
  });

  test('it takes tasks as soon as there is one', async ({ skip }) => {
    const own = await startRedis();
    if (own === undefined) return skip('THERE IS NO redis-server to be started.');
    try {
      await own.kill();
      const server = createServer((socket) => socket.destroy());
      server.listen(own.port, '127.0.0.1');
      await once(server, 'listening');
      const command = start(['worker', '--queue', 'any', '--tasks', tasksFile, '--connection', own.url]);
      await once(server, 'connection');
      server.close();
      await once(server, 'close');
      await own.start();
      await command.told('ready');
      await using executor = createExecutor({ connection: own.url, queue: 'any' });
      expect(await executor.submit(tasks.double, 3)).toBe(6);
      command.kill('SIGTERM');
      expect(await command.end).toMatchObject({ code: 0, stderr: '' });
    } finally {
      await own.stop();
    }
  });

  test('it ends after the drain timeout where Redis has gone meanwhile', async ({ skip }) => {
    const own = await startRedis();
    if (own === undefined) return skip('THERE IS NO redis-server to be started.');
    try {
      const command = start([
        ...['worker', '--queue', 'any', '--tasks', tasksFile, '--connection', own.url],
        ...['--drain-timeout', '1'],
      ]);
      await command.told('ready');
      await own.kill();
      command.kill('SIGTERM');
      const { code, stderr } = await command.end;
      expect([code, stderr]).toEqual([1, 'anypool: The host could not be closed: Redis is not to be reached.\n']);
    } finally {
      await own.stop();
    }
  });
});

describe('bad input has exit code 2 and one line on stderr', () => {
  const empty = join(folder, 'empty');
  writeFileSync(empty, '\n  \n');
  mkdirSync(join(folder, 'other'));
  const twin = join(folder, 'other', 'worker-tasks.js');
  writeFileSync(twin, '');
  const good = ['worker', '--queue', 'any', '--tasks', tasksFile];

  test.each([
    ['no command', [], /There is no command; there is worker/],
    ['another command', ['run'], /There is no command 'run'; there is worker/],
    ['more than a command', [...good, 'more'], /'more' belongs to no option/],
    ['an unknown option', [...good, '--fast'], /Unknown option '--fast'/],
    ['no queue', ['worker', '--tasks', tasksFile], /There is no --queue/],
    ['a queue with a colon', [...good, '--queue', 'a:b'], /queue must be a name without a colon, got 'a:b'/],
    ['no tasks', ['worker', '--queue', 'any'], /There is no --tasks/],
    ['tasks that do not exist', [...good, '--tasks', './absent.js'], /--tasks: there is no file .*absent\.js\.$/],
    ['named tasks that do not exist', [...good, '--tasks', 'it=./absent.js'], /there is no file .*[/\\]absent\.js\.$/],
    ['tasks that are a folder', [...good, '--tasks', '.'], /is a folder; name the module in it/],
    ['a URL of tasks that is none', [...good, '--tasks', 'file://else/where.js'], /names no file here/],
    ['a built-in that there is not', [...good, '--tasks', 'node:absent'], /Node has no module 'node:absent'/],
    ['tasks twice', [...good, '--tasks', tasksFile], /two modules are called 'worker-tasks'; give one of them a name/],
    ['two files of one name', [...good, '--tasks', twin], /two modules are called 'worker-tasks'/],
    ['a name twice', [...good, '--tasks', `worker-tasks=${twin}`], /two modules are called 'worker-tasks'/],
    ['an empty name', [...good, '--tasks', `=${twin}`], /has no name before the '='/],
    ['a backend that there is not', [...good, '--backend', 'quantum'], /'quantum', which names no backend; there are/],
    ['a concurrency of 0', [...good, '--concurrency', '0'], /--concurrency: expected .* at least 1, got '0'/],
    ['a payload that is no number', [...good, '--max-payload', '1e'], /--max-payload: expected .*, got '1e'/],
    ['an empty time', [...good, '--drain-timeout='], /--drain-timeout: expected a whole number from 0 to \d+, got ''/],
    ['a time that no timer takes', [...good, '--health-interval', '3000000000'], /--health-interval: expected/],
    ['a stall time of 0', [...good, '--stall-time', '0'], /--stall-time: expected a whole number from 1/],
    ['another connection', [...good, '--connection', 'http://u:hidden@h'], /--connection: expected .* redis:/],
    ['a database that is no number', [...good, '--connection', 'redis://u:hidden@h/abc'], /--connection: expected/],
    ['a secret file that is absent', [...good, '--secret-file', 'absent'], /--secret-file: .*absent cannot be read/],
    ['a secret file without one', [...good, '--secret-file', empty], /there is no secret in .*empty/],
    ['a health file in no folder', [...good, '--health-file', 'no/file'], /--health-file: no\/file cannot be written/],
    [
      'a health file that is not renewed',
      [...good, '--health-file', 'file', '--health-interval', '0'],
      /would not be renewed/,
    ],
  ] as const)('%s', async (_, args, message) => {
    const { code, stderr, stdout } = await start(args, { cwd: folder }).end;
    expect(stderr).toMatch(/^anypool: [^\n]+\n$/);
    expect(stderr.trimEnd()).toMatch(message);
    expect(stderr).not.toMatch(/hidden/);
    expect([code, stdout]).toEqual([2, '']);
  });

  test.each([
    ['a REDIS_URL', { REDIS_URL: '' }, /REDIS_URL: expected a URL/],
    ['an ANYPOOL_SECRET', { ANYPOOL_SECRET: '' }, /ANYPOOL_SECRET is set, and empty/],
  ])('%s that is empty', async (_, env, message) => {
    const { code, stderr } = await start(good, { env }).end;
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});

test('--help and --version', async () => {
  expect((await start(['--help']).end).stdout).toMatch(/^Usage: anypool worker --queue NAME/);
  expect((await start(['worker', '-h']).end).stdout).toMatch(/^Usage: anypool worker --queue NAME/);
  expect((await start(['--version']).end).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
