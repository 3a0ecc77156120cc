import { execFile } from 'node:child_process';
import { inspect, promisify } from 'node:util';
import { type Executor, inlineExecutor, openExecutor, tasksFrom, UnsupportedOptionError } from 'anypool';
import { describe, expect, test, vi } from 'vitest';

const path = tasksFrom<{ basename(path: string): string }>('node:path');

/** Name, kind and size of an executor that does its work. */
async function opened(...[spec, options]: Parameters<typeof openExecutor>): Promise<unknown> {
  await using executor: Executor = await openExecutor(spec, options);
  expect(await executor.submit(path.basename, '/a/b')).toBe('b');
  return [executor.name, executor.kind];
}

const everyBackend = [
  ['native', 'native:thread', 'thread'],
  ['native:process', 'native:process', 'process'],
  ['tinypool', 'tinypool:thread', 'thread'],
  ['tinypool:thread', 'tinypool:thread', 'thread'],
  ['tinypool:process', 'tinypool:process', 'process'],
  ['workerpool', 'workerpool:thread', 'thread'],
  ['workerpool:thread', 'workerpool:thread', 'thread'],
  ['workerpool:process', 'workerpool:process', 'process'],
  ['threads', 'threads:thread', 'thread'],
  ['threads:thread', 'threads:thread', 'thread'],
  ['piscina', 'piscina:thread', 'thread'],
  ['inline', 'inline:inline', 'inline'],
] as const;

describe('openExecutor', () => {
  test.each(everyBackend)('%s opens %s', async (spec, name, kind) => {
    expect(await opened(spec)).toEqual([name, kind]);
  });

  test('bullmq opens an executor of remote workers, which needs to know where its queue is', async () => {
    const where = { connection: { host: '127.0.0.1', lazyConnect: true }, queue: 'images' };
    await using executor = await openExecutor('bullmq', where);
    expect([executor.name, executor.kind]).toEqual(['bullmq:remote', 'remote']);
    await using named = await openExecutor('bullmq:remote', { ...where, name: 'mine', retries: 1 });
    expect([named.name, named.kind]).toEqual(['mine', 'remote']);
    const bare: string = 'bullmq';
    await expect(openExecutor(bare)).rejects.toThrow(/connection must be given/);
    await expect(openExecutor('bullmq', { ...where, connection: 5 })).rejects.toThrow(TypeError);
    await expect(openExecutor(bare, { kind: 'process' })).rejects.toThrow(UnsupportedOptionError);
  });

  test('the kind may be an option, where the name says none or the same', async () => {
    expect(await opened('workerpool', { kind: 'process' })).toEqual(['workerpool:process', 'process']);
    expect(await opened('workerpool:process', { kind: 'process' })).toEqual(['workerpool:process', 'process']);
    expect(await opened(undefined, { kind: 'process' })).toEqual(['native:process', 'process']);
  });

  test('a name and a kind that contradict each other are a TypeError that says so', async () => {
    await expect(openExecutor('tinypool:thread', { kind: 'process' })).rejects.toThrow(
      new TypeError(
        "openExecutor: spec is 'tinypool:thread', and the option kind is 'process': leave one of them out, or make them agree.",
      ),
    );
  });

  test('the options are those of every executor, and are checked as by createExecutor()', async () => {
    await using executor = await openExecutor('workerpool', { maxWorkers: 3, name: 'mine' });
    expect([executor.maxWorkers, executor.name]).toEqual([3, 'mine']);
    await expect(openExecutor('workerpool', { maxWorkers: 0 })).rejects.toThrow(RangeError);
    await expect(openExecutor('inline', { argv: [] })).rejects.toThrow(UnsupportedOptionError);
    for (const wrong of [null, 5, []])
      await expect(openExecutor('tinypool', wrong as never)).rejects.toThrow(TypeError);
  });

  test.each(['quantum', 'quantum:thread', 'tinypool:quantum', 'tinypool:thread:thread', 'Tinypool', ''])(
    "the name '%s' is a RangeError that lists those there are",
    async (spec) => {
      await expect(openExecutor(spec)).rejects.toThrow(
        new RangeError(
          `openExecutor: spec is '${spec}', which names no backend; there are native:thread, native:process, tinypool:thread, tinypool:process, workerpool:thread, workerpool:process, threads:thread, piscina:thread, bullmq:remote and inline.`,
        ),
      );
    },
  );

  test('a name that is no string is a TypeError', async () => {
    for (const wrong of [null, 5, ['tinypool']]) await expect(openExecutor(wrong as never)).rejects.toThrow(TypeError);
  });

  test.each([
    ['threads:process', undefined],
    ['threads', 'process'],
    ['piscina:process', undefined],
    ['tinypool:remote', undefined],
    ['tinypool:inline', undefined],
    ['inline:thread', undefined],
    ['inline', 'thread'],
  ] as const)('%s with kind %s is an UnsupportedOptionError: there is no such kind', async (spec, kind) => {
    const error: unknown = await openExecutor(spec, { kind }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UnsupportedOptionError);
    expect(error).toMatchObject({ code: 'ERR_UNSUPPORTED_OPTION', option: 'kind' });
  });

  test('without a name it opens what ANYPOOL_BACKEND says, and native with threads where that is empty or absent', async () => {
    try {
      vi.stubEnv('ANYPOOL_BACKEND', 'threads');
      expect(await opened()).toEqual(['threads:thread', 'thread']);
      expect(await opened('tinypool')).toEqual(['tinypool:thread', 'thread']);
      vi.stubEnv('ANYPOOL_BACKEND', 'workerpool:process');
      await expect(openExecutor(undefined, { kind: 'thread' })).rejects.toThrow(
        /^ANYPOOL_BACKEND is 'workerpool:process', and the option kind is 'thread'/,
      );
      vi.stubEnv('ANYPOOL_BACKEND', 'quantum');
      await expect(openExecutor()).rejects.toThrow(/^ANYPOOL_BACKEND is 'quantum', which names no backend/);
      vi.stubEnv('ANYPOOL_BACKEND', '');
      expect(await opened()).toEqual(['native:thread', 'thread']);
      vi.stubEnv('ANYPOOL_BACKEND', undefined);
      expect(await opened()).toEqual(['native:thread', 'thread']);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

test.each(everyBackend)(
  'D1: ANYPOOL_BACKEND=%s is what run() runs on, and nothing is printed of it',
  async (spec, name) => {
    const script = `
    import { getDefaultExecutor, run, tasksFrom } from ${JSON.stringify(import.meta.resolve('anypool'))};
    const { name, kind, maxWorkers } = getDefaultExecutor();
    console.log(await run(tasksFrom('node:path').basename, '/a/b'), name, kind, maxWorkers);
  `;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, ANYPOOL_BACKEND: spec, NODE_OPTIONS: '' },
    });
    const { defaultMaxWorkers } = await import('anypool');
    expect(stdout).toBe(`b default:${spec} ${name.split(':')[1]} ${defaultMaxWorkers()}\n`);
    expect(stderr).toBe('');
  },
);

// Node refuses to require a module that is being imported.
test('openExecutor() and run() can be called at once', async () => {
  const script = `
    import { openExecutor, run, tasksFrom } from ${JSON.stringify(import.meta.resolve('anypool'))};
    const { basename } = tasksFrom('node:path');
    const [executor, name] = await Promise.all([openExecutor(), run(basename, '/a/b')]);
    console.log(name, await executor.submit(basename, '/c/d'));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, ANYPOOL_BACKEND: 'workerpool', NODE_OPTIONS: '' },
  });
  expect(stdout).toBe('b d\n');
});

test.each([
  ['native', () => import('@anypool/native')],
  ['tinypool', () => import('@anypool/tinypool')],
  ['workerpool', () => import('@anypool/workerpool')],
  ['threads', () => import('@anypool/threads')],
  ['piscina', () => import('@anypool/piscina')],
  ['inline', async () => ({ createExecutor: inlineExecutor })],
])('S14: what are no options is refused by %s', async (name, load) => {
  const { createExecutor } = await load();
  for (const wrong of [5, [], 'process', null]) {
    expect(() => Reflect.apply(createExecutor, undefined, [wrong])).toThrow(
      new TypeError(`${name}: createExecutor: the options must be an object, got ${inspect(wrong)}.`),
    );
  }
});
