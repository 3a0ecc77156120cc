import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCommand } from './worker-process.js';

const packages = fileURLToPath(new URL('../..', import.meta.url));
let modules: string;

// As a user has it: the packages in a node_modules of its own, where nothing of this workspace is found.
beforeAll(() => {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'anypool-not-installed-'));
  modules = join(folder, 'node_modules');
  for (const [folderName, name] of [
    ['anypool', 'anypool'],
    ['core', '@anypool/core'],
    ['native', '@anypool/native'],
  ] as const) {
    install(folderName, name);
  }
});
afterAll(() => rmSync(dirname(modules), { recursive: true }));

function install(folder: string, name: string): void {
  for (const part of ['bin', 'dist', 'package.json'].filter((one) => existsSync(join(packages, folder, one))))
    cpSync(join(packages, folder, part), join(modules, name, part), { recursive: true });
}

/** A package @anypool/threads with this text as its module. */
function installFake(text: string): void {
  const folder = join(modules, '@anypool/threads');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    '{ "name": "@anypool/threads", "type": "module", "exports": "./index.js" }',
  );
  writeFileSync(join(folder, 'index.js'), text);
}

const script = `
  import { openExecutor, run, tasksFrom } from 'anypool';
  const told = ({ name, code, message, cause }) => ({ name, code, message, cause: cause && { code: cause.code, message: cause.message } });
  const opening = openExecutor(process.env.ANYPOOL_BACKEND).then(() => 'opened', told);
  const running = run(tasksFrom('node:path').basename, '/a/b').catch(told);
  console.log(JSON.stringify([await opening, await running]));
`;

/** What comes of openExecutor() and of run(). */
async function ends(backend: string): Promise<unknown[]> {
  const file = join(dirname(modules), 'script.mjs');
  writeFileSync(file, script);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], {
    env: { ...process.env, ANYPOOL_BACKEND: backend, NODE_OPTIONS: '', NODE_PATH: '' },
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

/** How they fail, which is in the same way. */
async function failure(backend: string): Promise<unknown> {
  const [opening, running] = await ends(backend);
  const { cause: _, ...told } = opening as { cause: unknown };
  expect(running).toMatchObject(told);
  return opening;
}

test('what is installed is there', async () => {
  expect(await ends('native')).toEqual(['opened', 'b']);
});

test('an adapter that cannot be required is imported, and opened', async () => {
  installFake(
    "import { inlineExecutor } from '@anypool/core';\nawait null;\nexport const createExecutor = () => inlineExecutor();\n",
  );
  expect(await ends('threads')).toEqual(['opened', expect.objectContaining({ code: 'ERR_WORKER_START' })]);
  rmSync(join(modules, '@anypool/threads'), { recursive: true });
});

test.each([
  ['tinypool', '@anypool/tinypool', 'npm install @anypool/tinypool tinypool'],
  ['workerpool:process', '@anypool/workerpool', 'npm install @anypool/workerpool workerpool'],
  ['threads', '@anypool/threads', 'npm install @anypool/threads threads'],
  ['piscina', '@anypool/piscina', 'npm install @anypool/piscina piscina'],
])('%s, which is not installed, is an error with the command that installs it', async (backend, name, command) => {
  expect(await failure(backend)).toEqual({
    name: 'WorkerStartError',
    code: 'ERR_WORKER_START',
    message: `The backend '${backend.split(':')[0]}' is not installed: there is no package ${name}. Run: ${command}`,
    cause: { code: 'ERR_MODULE_NOT_FOUND', message: expect.stringContaining(name) },
  });
});

test('an adapter without its library is not installed either', async () => {
  install('workerpool', '@anypool/workerpool');
  expect(await failure('workerpool')).toMatchObject({
    code: 'ERR_WORKER_START',
    message:
      "The backend 'workerpool' is not installed: there is no package workerpool. Run: npm install @anypool/workerpool workerpool",
    cause: { code: 'ERR_MODULE_NOT_FOUND' },
  });
});

test.each([
  ['throws', "throw new TypeError('broken');", 'TypeError: broken'],
  ['lacks a file', "import './absent.js';", 'Error: Cannot find module'],
  ['lacks another package', "import 'quite-another';", "Error: Cannot find package 'quite-another'"],
  ['lacks one of a similar name', "import 'threads-extra';", "Error: Cannot find package 'threads-extra'"],
])('an adapter that %s is installed, and its error is told', async (_, text, message) => {
  installFake(text);
  expect(await failure('threads')).toMatchObject({
    name: 'WorkerStartError',
    code: 'ERR_WORKER_START',
    message: expect.stringContaining(
      `The backend 'threads' is installed, but @anypool/threads could not be loaded: ${message}`,
    ),
    cause: { message: expect.any(String) },
  });
});

test('anypool worker says on one line what is to be installed, and has exit code 2', async () => {
  const worker = ['worker', '--queue', 'any', '--tasks', 'node:path'];
  const bin = join(modules, 'anypool', 'bin', 'anypool.js');
  const without = await startCommand(worker, { bin }).end;
  expect(without).toEqual({
    code: 2,
    signal: null,
    stdout: '',
    stderr:
      "anypool: The backend 'bullmq' is not installed: there is no package @anypool/bullmq. Run: npm install @anypool/bullmq\n",
  });
});
