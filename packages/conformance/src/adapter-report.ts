import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AdapterReport } from './report.js';

/** Names an adapter by its module: a package by its name, another file by that of the file. */
export function describeAdapter(module: string): AdapterReport {
  if (!module.startsWith('file:')) return { module, name: module.length > 40 ? `${module.slice(0, 40)}…` : module };
  const file = fileURLToPath(module);
  const found = manifestAbove(dirname(file));
  const version = found?.manifest.version === undefined ? {} : { version: found.manifest.version };
  if (
    found?.manifest.name !== undefined &&
    entriesOf(found.manifest.exports ?? found.manifest.main).some((entry) => join(found.folder, entry) === file)
  )
    return { module, name: found.manifest.name, ...version };
  const own = basename(file).replace(/\.[cm]?[jt]s$/, '');
  return { module, name: own === 'index' ? basename(dirname(file)) : own, ...version };
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly exports?: unknown;
  readonly main?: unknown;
}

function manifestAbove(folder: string): { readonly folder: string; readonly manifest: Manifest } | undefined {
  try {
    return { folder, manifest: manifestOf(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))) };
  } catch {
    return dirname(folder) === folder ? undefined : manifestAbove(dirname(folder));
  }
}

function manifestOf(value: unknown): Manifest {
  const fields = new Map<string, unknown>(typeof value === 'object' && value !== null ? Object.entries(value) : []);
  const text = (key: 'name' | 'version') => {
    const field = fields.get(key);
    return typeof field === 'string' ? { [key]: field } : {};
  };
  return { ...text('name'), ...text('version'), exports: fields.get('exports'), main: fields.get('main') };
}

// What a package's own name leads to, under whichever condition.
function entriesOf(entry: unknown): string[] {
  if (typeof entry === 'string') return [entry];
  if (typeof entry !== 'object' || entry === null) return [];
  const fields = Object.entries(entry);
  return fields.filter(([key]) => key === '.' || !key.startsWith('.')).flatMap(([, value]) => entriesOf(value));
}
