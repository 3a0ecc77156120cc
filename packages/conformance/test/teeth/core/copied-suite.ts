import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

type Conformance = typeof import('@anypool/conformance');

let copy: Promise<Conformance> | undefined;
let root: string | undefined;

/** The one copy of this process, until {@link removeCopy}. */
export function copiedSuite(): Promise<Conformance> {
  copy ??= copySuite();
  return copy;
}

/** To be called at the end: the runner ends this process without its 'exit' event. */
export function removeCopy(): void {
  if (root !== undefined) rmSync(root, { recursive: true, force: true });
}

/**
 * A copy of the built suite that imports damaged-core.mjs for core: its cases call functions of core itself, which can be replaced in no
 * other way that is the same in their scripts and workers.
 */
async function copySuite(): Promise<Conformance> {
  root = mkdtempSync(join(tmpdir(), 'anypool-teeth-'));
  // The folders are named as here, so that the test runner takes it for what is built, and leaves it as it is.
  const folder = join(root, 'packages/conformance');
  const built = dirname(fileURLToPath(import.meta.resolve('@anypool/conformance')));
  cpSync(built, join(folder, 'dist'), {
    recursive: true,
    filter: (path) => !/\.(?:map|d\.ts)$/.test(path),
  });
  const { version, dependencies } = readManifest(dirname(built));
  writeManifest(folder, { version });
  linkDependencies(dirname(built), folder, Object.keys(dependencies));

  const core = join(folder, 'node_modules/@anypool/core');
  const entries = {
    '.': new URL('./damaged-core.mjs', import.meta.url).href,
    './task': import.meta.resolve('@anypool/core/task'),
    './backend': import.meta.resolve('@anypool/core/backend'),
    './worker': import.meta.resolve('@anypool/core/worker'),
  };
  mkdirSync(core, { recursive: true });
  const files = Object.entries(entries).map(([entry, url], index) => {
    writeFileSync(join(core, `${index}.js`), `export * from ${JSON.stringify(url)};\n`);
    return [entry, `./${index}.js`] as const;
  });
  writeManifest(core, { exports: Object.fromEntries(files) });

  return import(pathToFileURL(join(folder, 'dist/index.js')).href);
}

function linkDependencies(from: string, to: string, names: readonly string[]): void {
  mkdirSync(join(to, 'node_modules'));
  for (const name of names)
    symlinkSync(realpathSync(join(from, 'node_modules', name)), join(to, 'node_modules', name), 'junction');
}

function readManifest(folder: string): { readonly version: string; readonly dependencies: object } {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

function writeManifest(folder: string, fields: object): void {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', ...fields }));
}
