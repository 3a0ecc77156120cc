// Every adapter looks like the next: the same files, the same shape of each, and a place in every table. A difference means something, so
// it is either a mistake or belongs into this script. Needs the built packages. An argument is the root of another workspace.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { packageDifferences } from './adapters/package-shape.js';
import { readmeDifferences } from './adapters/readme-shape.js';
import { sourceDifferences } from './adapters/source-shape.js';
import { tableDifferences } from './adapters/tables.js';
import { read } from './adapters/workspace.js';

/** The adapter that the others are compared with, which core's README shows to those who write one. */
const template = 'tinypool';

/** Per adapter of a workspace, what is not as it should be. */
export async function checkAdapters(root) {
  // Core has a backend.ts too, for those who write one.
  const names = readdirSync(join(root, 'packages')).filter(
    (name) => name !== 'core' && existsSync(join(root, 'packages', name, 'src/backend.ts')),
  );
  const adapters = await Promise.all(names.map((name) => readAdapter(root, name)));
  const model = adapters.find(({ name }) => name === template);
  if (model === undefined) throw new Error(`There is no packages/${template} to compare with.`);
  const found = new Map();
  for (const adapter of adapters) {
    found.set(adapter.name, [
      ...packageDifferences(adapter, model),
      ...sourceDifferences(adapter, model),
      ...readmeDifferences(adapter, model),
    ]);
  }
  for (const [name, difference] of await tableDifferences(root, adapters))
    found.set(name, [...(found.get(name) ?? []), difference]);
  return found;
}

async function readAdapter(root, name) {
  const folder = join(root, 'packages', name);
  const manifest = JSON.parse(read(join(folder, 'package.json')));
  const module = await import(pathToFileURL(join(folder, 'dist/index.js')).href);
  const executors = ['thread', 'process'].flatMap((kind) => executorOf(module, kind));
  await Promise.all(executors.map((executor) => executor.shutdown()));
  const wanted = Object.keys({ ...manifest.peerDependencies, ...manifest.devDependencies });
  const library = wanted.find((peer) => !peer.startsWith('@anypool/'));
  return {
    name,
    folder,
    manifest,
    module,
    /** Absent where it is Node itself. */
    library,
    /** Of the library, as it is tested. */
    version: library && (manifest.devDependencies?.[library] ?? ''),
    kinds: executors.map(({ kind }) => kind),
    capabilities: new Map(executors.map(({ kind, capabilities }) => [`${name}:${kind}`, capabilities])),
  };
}

function executorOf({ createExecutor }, kind) {
  try {
    return [createExecutor({ kind })];
  } catch (error) {
    if (error.code === 'ERR_UNSUPPORTED_OPTION') return [];
    throw error;
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  let failed = false;
  for (const [name, differences] of await checkAdapters(argv[2] ?? fileURLToPath(new URL('..', import.meta.url)))) {
    failed ||= differences.length > 0;
    console.log(`${name}: ${differences.length === 0 ? 'as the others' : ''}`.trimEnd());
    for (const difference of differences) console.log(`  ${difference}`);
  }
  process.exitCode = failed ? 1 : 0;
}
