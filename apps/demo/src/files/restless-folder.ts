import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder whose files change between being listed and being read, as files of a live system do. */
export interface RestlessFolder extends AsyncDisposable {
  readonly path: string;
  /** What must come of each file, by its name: a code, or `read`. */
  readonly expected: Readonly<Record<string, string>>;
  /** Makes them change. To be called after the walk. */
  disturb(): Promise<void>;
}

/** Makes the folder, with all its files still readable. What happens to them stops root too, unlike file modes. */
export async function makeRestlessFolder(): Promise<RestlessFolder> {
  const path = await mkdtemp(join(tmpdir(), 'anypool-demo-'));
  const at = (name: string): string => join(path, name);
  await mkdir(at('moved'));
  for (const name of ['first.txt', 'looping.txt', 'moved/inner.txt', 'replaced.txt', 'vanished.txt', 'zebra.txt']) {
    await writeFile(at(name), `This is ${name}.\nIt has two lines.\n`);
  }
  return {
    path,
    expected: {
      'first.txt': 'read',
      'looping.txt': 'ELOOP',
      'moved/inner.txt': 'ENOTDIR',
      'replaced.txt': 'EISDIR',
      'vanished.txt': 'ENOENT',
      'zebra.txt': 'read',
    },
    async disturb() {
      for (const name of ['looping.txt', 'moved', 'replaced.txt', 'vanished.txt'])
        await rm(at(name), { recursive: true });
      await symlink(at('looping.txt'), at('looping.txt'));
      await writeFile(at('moved'), 'a file where a folder was');
      await mkdir(at('replaced.txt'));
    },
    async [Symbol.asyncDispose]() {
      await rm(path, { recursive: true });
    },
  };
}
