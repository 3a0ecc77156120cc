import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { isFailure } from '@anypool/conformance';
import { afterAll, describe, test } from 'vitest';
import { adapterFile, folder, posingAdapter, removeFolder, unusableAdapters } from './adapter-files.js';

const bin = fileURLToPath(new URL('../bin/anypool-conformance.js', import.meta.url));
const usable = posingAdapter();
const one = ['--case', 'S6-empty-results', '--jobs', '1'];

afterAll(removeFolder);

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(args: readonly string[], { cwd = folder }: { cwd?: string } = {}): Promise<End> {
  const child = spawn(process.execPath, [bin, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

function read(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

describe('a run', () => {
  test('without failures has exit code 0, a summary, and the files that were asked for', async () => {
    const files = ['--json', 'made/report.json', '--markdown', 'made/report.md', '--html', 'made/report.html'];
    const { code, stderr, stdout } = await run([
      usable,
      '--kind',
      'thread',
      '--case',
      'S6',
      '--case',
      'X5',
      '--jobs',
      '2',
      ...files,
    ]);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^S {2}Submitting and Futures +4$/m);
    assert.match(stdout, /^Conforms: \d+ passed/m);
    const report = JSON.parse(read('made/report.json'));
    assert.deepEqual([...new Set(report.results.map(({ rule }: { rule: string }) => rule))], ['S6', 'X5']);
    assert.ok(!report.results.some(isFailure));
    assert.match(read('made/report.md'), /^\| \*\*S6\*\* /m);
    assert.match(read('made/report.html'), /^<!doctype html>/);
  });

  test('with failures has exit code 1, and says what was expected and seen', async () => {
    const broken = posingAdapter(`{ submit: () => Promise.resolve('wrong') }`);
    const { code, stderr, stdout } = await run([broken, ...one]);
    assert.deepEqual([code, stderr], [1, '']);
    assert.match(stdout, /S6-empty-results on \S+:thread: failed/);
    assert.match(stdout, /seen: .*wrong/);
    assert.match(stdout, /^Does not conform: 0 passed, 1 failed\.$/m);
  });

  test('with an unexpected pass has exit code 1, and with a known gap 0', async () => {
    const broken = posingAdapter(`{ submit: () => Promise.resolve('wrong') }`);
    const gaps = join(folder, 'gaps.json');
    writeFileSync(gaps, JSON.stringify([{ rule: 'S6', case: 'S6-empty-results', reason: 'for this test' }]));
    const known = await run([broken, ...one, '--known-gaps', gaps]);
    assert.equal(known.code, 0);
    assert.match(known.stdout, /Known gaps\n {2}S6-empty-results on \S+: for this test/);
    const passed = await run([usable, ...one, '--known-gaps', gaps]);
    assert.equal(passed.code, 1);
    assert.match(passed.stdout, /S6-empty-results on \S+: unexpected pass/);
  });

  test('prints nothing with --quiet', async () => {
    assert.deepEqual(await run([usable, ...one, '--quiet']), { code: 0, signal: null, stdout: '', stderr: '' });
  });

  test('is about a package as the folder sees it, or a path from there', async () => {
    const home = join(folder, 'home');
    const installed = join(home, 'node_modules', 'some-adapter');
    mkdirSync(installed, { recursive: true });
    const manifest = { name: 'some-adapter', version: '1.2.3', type: 'module', exports: { import: './main.js' } };
    writeFileSync(join(installed, 'package.json'), JSON.stringify(manifest));
    const content = `export { createExecutor } from ${JSON.stringify(realpathSync(usable))};`;
    writeFileSync(join(installed, 'main.js'), content);
    writeFileSync(join(home, 'mine.js'), content);
    const byName = await run(['some-adapter', ...one], { cwd: home });
    assert.match(byName.stdout, /^some-adapter 1\.2\.3 \(suite /);
    const byPath = await run(['mine.js', ...one], { cwd: home });
    assert.match(byPath.stdout, /^mine \(suite /m);
    assert.deepEqual([byName.code, byPath.code], [0, 0]);
  });

  test('that is interrupted ends its processes, and then as one that was', async () => {
    const pids = join(folder, 'pids');
    // Once both of its processes are in a case, one of them interrupts the program, as a terminal would.
    const hanging = adapterFile(`
      import { appendFileSync, readFileSync } from 'node:fs';
      const file = ${JSON.stringify(pids)};
      function submit() {
        appendFileSync(file, process.pid + '\\n');
        if (readFileSync(file, 'utf8').split('\\n')[1] === String(process.pid)) process.kill(process.ppid, 'SIGINT');
        return new Promise(() => {});
      }
      export const createExecutor = () => posing(inlineExecutor(), { kind: 'thread', submit });`);
    const { code, signal, stdout } = await run([hanging, '--kind', 'thread', '--case', 'S6', '--jobs', '2']);
    assert.deepEqual([code, signal, stdout], [null, 'SIGINT', '']);
    for (const pid of readFileSync(pids, 'utf8').trim().split('\n'))
      assert.throws(() => process.kill(Number(pid), 0), pid);
  });
});

describe('bad input has exit code 2 and one line on stderr', () => {
  async function refuses(args: readonly string[], message: RegExp): Promise<void> {
    const { code, stderr, stdout } = await run(args);
    assert.match(stderr, /^anypool-conformance: [^\n]+\n$/);
    assert.match(stderr.trimEnd(), message);
    assert.deepEqual([code, stdout], [2, '']);
  }

  for (const [what, file, message] of unusableAdapters())
    test(`an adapter that ${what}`, () => refuses([file, '--kind', 'thread', '--time-scale', '0.03'], message));

  const gaps = join(folder, 'no-gaps.json');
  writeFileSync(gaps, '{}');
  for (const [what, args, message] of [
    ['no adapter', [], /There is no ADAPTER/],
    ['two adapters', [usable, usable], /One ADAPTER is tested at a time/],
    ['a package that is not installed', ['no-such-package'], /no package 'no-such-package'/],
    ['a folder', ['./'], /is a folder: name the module in it/],
    ['a file URL without a path', ['file://host/x.js'], /file:\/\/host\/x\.js is no module URL/],
    ['an unknown option', [usable, '--fast'], /Unknown option '--fast'/],
    [
      'an unknown kind',
      [usable, '--kind', 'thread,fibre'],
      /--kind: expected thread, process, inline, remote, got 'fibre'/,
    ],
    ['a kind that is not offered', [usable, '--kind', 'process'], /offers no executors of kind 'process'/],
    ['an unknown case', [usable, '--case', 'S6-none'], /no case and no rule 'S6-none'/],
    [
      'a time scale that is none',
      [usable, '--time-scale', 'slow'],
      /--time-scale: expected a positive number of at most 1000, got NaN/,
    ],
    ['a number of jobs that is none', [usable, '--jobs', '0'], /--jobs: expected a whole number of at least 1, got 0/],
    ['gaps that are absent', [usable, '--known-gaps', 'absent.json'], /absent\.json cannot be read/],
    ['gaps that are no list', [usable, '--known-gaps', gaps], /no-gaps\.json: expected a list of gaps, got \{\}/],
    ['cases of which none applies', [usable, '--kind', 'thread', '--case', 'W11'], /Nothing was tested/],
    ['a file without a name', [usable, ...one, '--html', ''], /--html: expected a file, got ''/],
    ['a file that cannot be written', [usable, '--json', folder], /cannot be written: it is a folder/],
  ] as const)
    test(what, () => refuses(args, message));

  test.runIf(process.platform === 'linux')('a file on a disk that is full', () =>
    refuses([usable, ...one, '--quiet', '--json', '/dev/full'], /\/dev\/full cannot be written: ENOSPC/),
  );

  test.runIf(process.platform === 'linux')('an output on a disk that is full', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [bin, '--version'], { stdio: ['ignore', full, 'pipe'] });
    closeSync(full);
    assert.ok(child.stderr);
    assert.equal(
      await text(child.stderr),
      'anypool-conformance: The standard output cannot be written: ENOSPC: no space left on device, write.\n',
    );
    assert.equal(child.exitCode ?? (await once(child, 'exit'))[0], 2);
  });
});

test('a reader that leaves early is no failure', async () => {
  const child = spawn(process.execPath, [bin, usable, ...one], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  assert.equal(await text(child.stderr), '');
  assert.equal(child.exitCode ?? (await once(child, 'exit'))[0], 0);
});

test('--help and --version', async () => {
  assert.match((await run(['--help'])).stdout, /^Usage: anypool-conformance ADAPTER/);
  assert.match((await run(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
});
