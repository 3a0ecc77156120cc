import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { UnreadableFile } from '../tasks/examine-file.js';

/** Which files of a folder to take: the first in sorted order, up to these bounds. */
export interface Bounds {
  readonly files: number;
  readonly bytesPerFile: number;
  readonly bytes: number;
}

/** Some thousand files and a few seconds' work: enough to see a speed-up, however much an install brings. */
export const defaultBounds: Bounds = { files: 3_000, bytesPerFile: 64 * 1024, bytes: 16_000_000 };

export const noBounds: Bounds = { files: Infinity, bytesPerFile: Infinity, bytes: Infinity };

/** What a walk found. */
export interface Found {
  readonly paths: readonly string[];
  /** Folders that could not be listed. */
  readonly unreadable: readonly UnreadableFile[];
}

/** The regular files in a folder, in the same order every time. Symbolic links are not followed. */
export async function walk(folder: string, bounds: Bounds): Promise<Found> {
  const paths: string[] = [];
  const unreadable: UnreadableFile[] = [];
  let bytes = 0;

  const visit = async (path: string): Promise<void> => {
    for (const entry of await list(path, unreadable)) {
      if (paths.length >= bounds.files) return;
      const child = join(path, entry.name);
      if (entry.isDirectory()) await visit(child);
      if (!entry.isFile()) continue;
      // A file that is gone already is kept: to report it is the task's business.
      const size = (await stat(child).catch(() => undefined))?.size ?? 0;
      if (size > bounds.bytesPerFile || bytes + size > bounds.bytes) continue;
      bytes += size;
      paths.push(child);
    }
  };
  await visit(folder);
  return { paths, unreadable };
}

async function list(path: string, unreadable: UnreadableFile[]): Promise<import('node:fs').Dirent[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error));
    unreadable.push({ ok: false, path, code: message.split(':')[0] ?? message, message });
    return [];
  }
}
