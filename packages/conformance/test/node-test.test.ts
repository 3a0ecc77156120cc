import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { conformanceCases } from '@anypool/conformance';
import { afterAll, test } from 'vitest';
import { isThere } from '../dist/cases/process-end.js';
import { adapterFile, folder, posingAdapter, removeFolder, urlOf } from './adapter-files.js';

afterAll(removeFolder);

/** Runs a test file of node:test, with these options of the suite, and gives its exit code and what it printed. */
function run(options: object): { readonly code: number | null; readonly stdout: string } {
  const file = join(folder, 'conformance.test.mjs');
  writeFileSync(
    file,
    `import { testConformance } from ${JSON.stringify(import.meta.resolve('@anypool/conformance/node-test'))};
     testConformance(${JSON.stringify(options)});`,
  );
  // Not as a child of the test runner that this runs in.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout } = spawnSync(process.execPath, ['--test', '--test-reporter=tap', file], {
    encoding: 'utf8',
    env,
  });
  return { code: status, stdout };
}

const module = urlOf(posingAdapter());
const skipped =
  conformanceCases.find((one) => one.requires?.join() === 'transfer' && one.kinds === undefined)?.id ?? '';

test('each case is a test; one that does not apply is skipped and says why', () => {
  const { code, stdout } = run({ module, kinds: ['thread', 'thread'], cases: ['S6', skipped] });
  assert.equal(code, 0, stdout);
  assert.equal([...stdout.matchAll(/^ +# Subtest: S6-empty-results: /gm)].length, 1, stdout);
  assert.match(stdout, /^ +ok \d+ - S6-empty-results: /m);
  assert.match(stdout, new RegExp(`^ +ok \\d+ - ${skipped}: .* # SKIP needs the capability transfer$`, 'm'));
});

test('a case that fails is a test that fails, and a known gap one that passes', () => {
  const broken = urlOf(posingAdapter(`{ submit: () => Promise.resolve('wrong') }`));
  const options = { module: broken, kinds: ['thread'], cases: ['S6-empty-results'] };
  const failed = run(options);
  assert.equal(failed.code, 1);
  assert.match(failed.stdout, /^ +not ok \d+ - S6-empty-results: /m);
  const known = run({ ...options, knownGaps: [{ rule: 'S6', case: 'S6-empty-results', reason: 'for this test' }] });
  assert.equal(known.code, 0, known.stdout);
  assert.match(known.stdout, /^ +ok \d+ - S6-empty-results: .* \[known gap: for this test\]$/m);
});

test('a module that cannot be tested fails', () => {
  const { code, stdout } = run({ module: urlOf(join(folder, 'absent.js')), kinds: ['thread'] });
  assert.equal(code, 1);
  assert.match(stdout, /There is no file .*absent\.js/);
});

test('no cases and no kinds at all are a test that fails', () => {
  for (const none of [{ cases: [] }, { kinds: [] }]) {
    const { code, stdout } = run({ module, kinds: ['thread'], ...none });
    assert.equal(code, 1, stdout);
    assert.match(stdout, /(?:cases|kinds): expected one at least, got none/);
  }
});

test('a case that blocks its process is a failed test, one that ends it too, and the others run', () => {
  const blocking = urlOf(posingAdapter(`{ submit: () => { for (;;); } }`));
  const options = { kinds: ['thread'], cases: ['S6-empty-results', skipped], timeScale: 0.02 };
  const blocked = run({ ...options, module: blocking });
  assert.equal(blocked.code, 1, blocked.stdout);
  assert.match(blocked.stdout, /hang: S6-empty-results blocks its process/);
  assert.match(blocked.stdout, / # SKIP needs the capability transfer/);
  const ended = run({ ...options, module: urlOf(posingAdapter(`{ submit: () => process.exit(7) }`)) });
  assert.equal(ended.code, 1, ended.stdout);
  assert.match(ended.stdout, /The process that ran the case ended with exit code 7/);
});

test('a case that blocks its process does not outlive the test runner', async () => {
  const told = join(folder, 'pid');
  const module = urlOf(
    adapterFile(`
      import { writeFileSync } from 'node:fs';
      writeFileSync(${JSON.stringify(told)}, String(process.pid));
      for (;;);
    `),
  );
  const file = join(folder, 'blocked.test.mjs');
  writeFileSync(
    file,
    `import { testConformance } from ${JSON.stringify(import.meta.resolve('@anypool/conformance/node-test'))};
     testConformance(${JSON.stringify({ module, kinds: ['thread'] })});`,
  );
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const runner = spawn(process.execPath, [file], { env, stdio: 'ignore' });
  while (!existsSync(told) || readFileSync(told, 'utf8') === '')
    await new Promise((resolve) => setTimeout(resolve, 10));
  const pid = Number(readFileSync(told, 'utf8'));
  runner.kill('SIGKILL');
  while (isThere(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
});
