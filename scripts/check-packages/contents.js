import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

/**
 * Looks at a package as it was installed: each file that was built names its source map, and each map its source, in the package.
 *
 * @param {string} folder
 * @returns {string} how large it is
 */
export function lookThrough(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
  const built = files.filter((file) => /dist.*\.js$|dist.*\.d\.ts$/.test(relative(folder, file)));
  const wrong = built.flatMap((file) => brokenMap(folder, file) ?? []);
  if (built.length === 0) wrong.push('nothing is built');
  if (wrong.length > 0) throw new Error(wrong.join('\n  '));
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  return `${files.length} files, ${(bytes / 1000).toFixed(1)} kB, ${built.length} source maps`;
}

/**
 * @param {string} folder
 * @param {string} file
 * @returns {string | undefined}
 */
function brokenMap(folder, file) {
  const shown = relative(folder, file);
  const text = readFileSync(file, 'utf8');
  // What only hands on what is in other files has no source of its own.
  if (/^(?:(?:import|export) \{[^}]*\}(?: from "[^"]*")?;\s*)+$/.test(text)) return undefined;
  const map = /^\/\/# sourceMappingURL=(\S+)\s*$/m.exec(text)?.[1];
  if (map === undefined) return `${shown} names no source map`;
  const mapFile = resolve(dirname(file), map);
  if (!existsSync(mapFile)) return `${shown}: its map ${map} is not in the package`;
  /** @type {{ sourceRoot?: string, sources: string[] }} */
  const { sourceRoot = '', sources } = JSON.parse(readFileSync(mapFile, 'utf8'));
  if (sources.length === 0) return `${shown}: its map names no source`;
  const missing = sources.filter((source) => {
    const path = resolve(dirname(mapFile), sourceRoot, source);
    return !path.startsWith(folder + sep) || !existsSync(path);
  });
  return missing.length === 0 ? undefined : `${shown}: its source ${missing.join(', ')} is not in the package`;
}
