import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkValue, location } from '../engine/validate.js';

/**
 * The path of the file that an adapter's workers load: the option `workerEntry`, else the adapter's own.
 *
 * Throws TypeError or RangeError for an option that is no file, and a RangeError if the adapter's own file is not where the adapter
 * is, which a bundler does to it: every worker would fail to start, with a less telling error.
 */
export function workerFile(adapter: string, option: URL | string | undefined, own: URL): string {
  if (option !== undefined) checkValue(`${adapter}: createExecutor`, 'workerEntry', option, location);
  const entry = option ?? own;
  const path = entry instanceof URL || entry.startsWith('file:') ? fileURLToPath(entry) : entry;
  if (existsSync(path)) return path;
  throw new RangeError(
    `${adapter}: createExecutor: there is no worker entry ${path}. Where a bundler has moved it, bundle '@anypool/${adapter}/worker' as an entry of its own and pass its URL as workerEntry.`,
  );
}
