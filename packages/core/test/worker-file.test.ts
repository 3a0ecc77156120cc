// Which file the workers of an adapter load: its own, the option's, and none that happens to have the same name.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { workerFile } from '@anypool/core/backend';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'anypool ünï '));
afterAll(() => rmSync(folder, { recursive: true }));

/** A package with a worker.js and an index.js in its dist; gives the URL of the latter. */
function packageOf(name: string, manifest: string): string {
  const dist = join(folder, name, 'dist');
  mkdirSync(dist, { recursive: true });
  writeFileSync(join(folder, name, 'package.json'), manifest);
  writeFileSync(join(dist, 'worker.js'), '');
  return pathToFileURL(join(dist, 'index.js')).href;
}

const own = packageOf('own', '{ "name": "@anypool/tinypool" }');
const application = packageOf('application', '{ "name": "application" }');

test("an adapter's own file stands beside it, in its package", () => {
  expect(workerFile('tinypool', undefined, own)).toBe(join(folder, 'own', 'dist', 'worker.js'));
});

test('an adapter of somebody else has a package of another name, which the error names, too', () => {
  const other = packageOf('other', '{ "name": "somebodys-adapter" }');
  const path = join(folder, 'other', 'dist', 'worker.js');
  expect(workerFile('bare', undefined, other, 'somebodys-adapter')).toBe(path);
  expect(() => workerFile('bare', undefined, other)).toThrow("'@anypool/bare/worker'");
  expect(() => workerFile('bare', undefined, application, 'somebodys-adapter')).toThrow("'somebodys-adapter/worker'");
});

test("a worker.js of the application's own, beside its bundle, is not taken for it", () => {
  expect(() => workerFile('tinypool', undefined, application)).toThrow(/a bundler has moved this adapter.*workerEntry/);
});

test('with no URL of the module that asks, as in a bundle to CommonJS, only the option can tell', () => {
  const entry = join(folder, 'application', 'dist', 'worker.js');
  expect(() => workerFile('tinypool', undefined, undefined)).toThrow(/workerEntry/);
  expect(workerFile('tinypool', entry, undefined)).toBe(entry);
  expect(workerFile('tinypool', pathToFileURL(entry), undefined)).toBe(entry);
  expect(workerFile('tinypool', pathToFileURL(entry).href, undefined)).toBe(entry);
});

test('an option that names no file is refused, with the path', () => {
  expect(() => workerFile('tinypool', '/no/such/worker.js', own)).toThrow('/no/such/worker.js');
});
