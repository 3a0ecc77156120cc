import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkValue, isUrl, location } from '../engine/validate.js';

/**
 * The path of the file that an adapter's workers load: the option `workerEntry`, else the adapter's own `worker.js`, which stands beside
 * the module that asks. `asking` is that module's `import.meta.url`; a bundle in CommonJS has none. `packageName` is that of the
 * adapter's package, whose package.json is one folder up.
 *
 * Throws TypeError or RangeError for an option that is no file, and a RangeError if the adapter's own file is not where the adapter
 * is, which a bundler does to it: every worker would fail to start, with a less telling error.
 */
export function workerFile(
  adapter: string,
  option: URL | string | undefined,
  asking: URL | string | undefined,
  packageName: string = `@anypool/${adapter}`,
): string {
  const where = `${adapter}: createExecutor`;
  if (option === undefined) {
    const own = ownFile(packageName, asking);
    if (own !== undefined) return own;
    throw new RangeError(
      `${where}: a bundler has moved this adapter away from its worker entry. Bundle '${packageName}/worker' as an entry of its own and pass its URL as workerEntry; for the default executor: setDefaultExecutor(createExecutor({ workerEntry })).`,
    );
  }
  checkValue(where, 'workerEntry', option, location);
  const path = isUrl(option) || option.startsWith('file:') ? fileURLToPath(option) : option;
  if (existsSync(path)) return path;
  throw new RangeError(`${where}: there is no workerEntry ${path}.`);
}

// Beside a bundle, too, there can be a file of that name: the application's own, which no worker is to run.
function ownFile(packageName: string, asking: URL | string | undefined): string | undefined {
  if (asking === undefined) return undefined;
  try {
    const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', asking), 'utf8'));
    const isOwn = typeof manifest === 'object' && manifest !== null && 'name' in manifest;
    if (!isOwn || manifest.name !== packageName) return undefined;
    const path = fileURLToPath(new URL('./worker.js', asking));
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
