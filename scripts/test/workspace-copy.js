import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const folders = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A workspace like this one, whose files a test can break. */
export function copy() {
  const folder = mkdtempSync(join(tmpdir(), 'anypool-workspace-'));
  folders.push(folder);
  for (const file of ['README.md', 'ADAPTERS.md', 'tsconfig.base.json']) cpSync(join(root, file), join(folder, file));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const packages = ['packages', 'examples'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => `${group}/${name}`),
  );
  for (const path of [...packages, 'apps/demo']) {
    cpSync(join(root, path), join(folder, path), {
      recursive: true,
      filter: (source) => basename(source) !== 'node_modules',
    });
    symlinkSync(join(root, path, 'node_modules'), join(folder, path, 'node_modules'));
  }
  return folder;
}
