import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tasksFrom } from '@anypool/core';
import { createExecutor } from '@anypool/native';
import { afterAll, expect, test } from 'vitest';

const dir = mkdtempSync(join(tmpdir(), 'anypool-modules-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('S10: a page’s address is no module, as tools that imitate a browser make it of import.meta.url', () => {
  for (const address of ['http://localhost:3000/work.js', 'https://example.com/work.js'])
    expect(() => tasksFrom(new URL(address))).toThrow(TypeError);
});

test('S10: where Node strips no types, a loader of the user’s own may find the source that stands for the JavaScript file', async () => {
  const loader = `
    import { readFileSync } from 'node:fs';
    import { registerHooks, stripTypeScriptTypes } from 'node:module';
    registerHooks({
      resolve(specifier, context, next) {
        if (!specifier.endsWith('/work.js')) return next(specifier, context);
        return { url: specifier.replace('work.js', 'work.ts'), format: 'module', shortCircuit: true };
      },
      load(url, context, next) {
        if (!url.endsWith('.ts')) return next(url, context);
        return { format: 'module', source: stripTypeScriptTypes(readFileSync(new URL(url), 'utf8')), shortCircuit: true };
      },
    });
  `;
  const notStripped = ['--no-experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  const withLoader = [...notStripped, '--import', `data:text/javascript,${encodeURIComponent(loader)}`];
  writeFileSync(join(dir, 'work.ts'), `export const work = (): string => 'compiled';\n`);
  const { work } = tasksFrom<{ work(): string }>(pathToFileURL(join(dir, 'work.js')));
  await using executor = createExecutor({ kind: 'process', maxWorkers: 1, execArgv: withLoader });
  expect(await executor.submit(work)).toBe('compiled');
  await using plain = createExecutor({ kind: 'process', maxWorkers: 1, execArgv: notStripped });
  await expect(plain.submit(work)).rejects.toThrow(/work\.ts does, but this Node .* does not strip types/);
});
