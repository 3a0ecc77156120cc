import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
const options = [
  '--noEmit',
  '--strict',
  '--target',
  'es2020',
  '--lib',
  'es2020',
  '--module',
  'nodenext',
  '--types',
  'node',
];

test('the declarations compile without skipLibCheck where the program has the library of ES2020', async () => {
  const declarations = ['.', './task', './backend'].map((path) =>
    fileURLToPath(import.meta.resolve(join('@anypool/core', path))).replace(/\.js$/, '.d.ts'),
  );
  // What the compiler finds is on stdout, and makes it fail.
  const found = await promisify(execFile)(process.execPath, [compiler, ...options, ...declarations]).catch(
    ({ stdout }: { stdout: string }) => ({ stdout }),
  );
  expect(found.stdout).toBe('');
}, 120_000);
