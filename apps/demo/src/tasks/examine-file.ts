import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';

/** What the demo computes of a file. */
export interface ReadableFile {
  readonly ok: true;
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly brotliBytes: number;
  readonly lines: number;
}

/** A file that could not be read, and why. */
export interface UnreadableFile {
  readonly ok: false;
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export type FileReport = ReadableFile | UnreadableFile;

// 10 takes some milliseconds of pure computing per file, which is what makes it worth a worker. 9 does not: in its time, the kernel
// clears the 32 MB that it asks for anew with each file.
const quality = 10;

/**
 * Reads a file and computes its hash, its size after brotli, and its lines.
 *
 * A file that cannot be read is a result too, not an error: the first error would end the `map` that runs this.
 */
export function examineFile(path: string): FileReport {
  let content: Buffer;
  try {
    content = readFileSync(path);
  } catch (error) {
    return unreadable(path, error);
  }
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  return {
    ok: true,
    path,
    bytes: content.length,
    sha256: hash('sha256', content),
    brotliBytes: brotliCompressSync(content, { params }).length,
    lines: countLines(content),
  };
}

function unreadable(path: string, error: unknown): UnreadableFile {
  if (!(error instanceof Error)) throw error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return { ok: false, path, code, message: error.message };
}

/** A last line without a line feed counts. */
function countLines(content: Buffer): number {
  const lineFeed = 0x0a;
  let lines = 0;
  for (let at = content.indexOf(lineFeed); at !== -1; at = content.indexOf(lineFeed, at + 1)) lines++;
  return content.length > 0 && content.at(-1) !== lineFeed ? lines + 1 : lines;
}
