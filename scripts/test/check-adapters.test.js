import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkAdapters } from '../check-adapters.js';
import { copy, root } from './workspace-copy.js';

let shared;

/** All differences, of a copy in which a file was edited. A module is imported once, so one that is edited needs a copy of its own. */
async function differences(file, edit) {
  shared ??= copy();
  const folder = file.includes('/dist/') ? copy() : shared;
  const path = join(folder, file);
  const before = readOr(path);
  const after = edit?.(before);
  if (before === after) throw new Error(`nothing was changed in ${file}`);
  write(path, after);
  try {
    return [...(await checkAdapters(folder))].flatMap(([name, found]) =>
      found.map((difference) => `${name}: ${difference}`),
    );
  } finally {
    write(path, before);
  }
}

function write(path, text) {
  if (text === undefined) rmSync(path);
  else writeFileSync(path, text);
}

function readOr(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** An edit of a package.json. */
function json(change) {
  return (text) => {
    const value = JSON.parse(text);
    change(value);
    return JSON.stringify(value);
  };
}

test('every adapter looks like the next', async () => {
  const found = await checkAdapters(root);
  expect([...found]).toEqual([...found.keys()].map((name) => [name, []]));
});

const adapter = 'packages/threads';
test.each([
  [
    'a file of an executor over a pool of the user’s, without that executor',
    `${adapter}/src/from-threads.ts`,
    () => '//',
    /src\/from-threads\.ts is there, and index\.ts does not export fromThreads/,
  ],
  [
    'an executor over a pool of the user’s that has no test',
    'packages/tinypool/test/from-tinypool.test.ts',
    undefined,
    /from-tinypool\.test\.ts is absent, and index\.ts exports fromTinypool/,
  ],
  [
    'an executor over a pool of the user’s that the README does not show',
    'packages/tinypool/README.md',
    (text) => text.replaceAll('fromTinypool(', 'from('),
    /'## Over a pool of your own' does not show fromTinypool\(\)/,
  ],
  ['a file that is absent', `${adapter}/test/corrections.test.ts`, undefined, /corrections\.test\.ts is absent/],
  ['a file that no other has', `${adapter}/src/helpers.ts`, () => '//', /src\/helpers\.ts is there/],
  [
    'another key',
    `${adapter}/package.json`,
    json((manifest) => {
      manifest.main = 'x';
    }),
    /keys is/,
  ],
  [
    'exports',
    `${adapter}/package.json`,
    json((manifest) => {
      delete manifest.exports['./worker'];
    }),
    /exports is/,
  ],
  [
    'files',
    `${adapter}/package.json`,
    json((manifest) => {
      manifest.files.pop();
    }),
    /files is/,
  ],
  [
    'scripts',
    `${adapter}/package.json`,
    json((manifest) => {
      manifest.scripts.build = 'x';
    }),
    /scripts is/,
  ],
  [
    'engines',
    `${adapter}/package.json`,
    json((manifest) => {
      manifest.engines.node = '*';
    }),
    /engines is/,
  ],
  [
    'side effects that are denied',
    `${adapter}/package.json`,
    json((manifest) => {
      manifest.sideEffects = false;
    }),
    /sideEffects is false/,
  ],
  [
    'side effects that are none',
    'packages/tinypool/package.json',
    json((manifest) => {
      manifest.sideEffects = ['./dist/worker.js'];
    }),
    /sideEffects is \["/,
  ],
  [
    'core as another peer',
    `${adapter}/package.json`,
    json((manifest) => {
      manifest.peerDependencies['@anypool/core'] = '*';
    }),
    /@anypool\/core is "\*"/,
  ],
  [
    'a library that is no peer',
    `${adapter}/package.json`,
    json((manifest) => {
      delete manifest.peerDependencies.threads;
    }),
    /peerDependencies/,
  ],
  [
    'a range of tested versions',
    `${adapter}/package.json`,
    json((manifest) => {
      manifest.devDependencies.threads = '^1.7.0';
    }),
    /expected one exact version/,
  ],
  [
    'a tested version that is no peer',
    `${adapter}/package.json`,
    json((manifest) => {
      manifest.peerDependencies.threads = '^1.8.0';
    }),
    /no \^ range with 1\.7\.0 in it/,
  ],
  [
    'a further dependency',
    `${adapter}/package.json`,
    json((manifest) => {
      manifest.devDependencies.x = '1.0.0';
    }),
    /devDependencies is/,
  ],
  [
    'a further export',
    `${adapter}/dist/index.js`,
    (text) => `${text}\nexport const more = 1;\n`,
    /index\.ts: exports is/,
  ],
  ['a further type', `${adapter}/src/index.ts`, (text) => `${text}\nexport type More = 1;\n`, /exported types is/],
  [
    'types of other names',
    `${adapter}/src/index.ts`,
    (text) => text.replace('ThreadsOptions }', 'Options }'),
    /exported types is/,
  ],
  ['a long backend.ts', `${adapter}/src/backend.ts`, (text) => text + '//\n'.repeat(250), /expected less than 250/],
  [
    'another order',
    'packages/tinypool/src/backend.ts',
    (text) => text.replace('export function threadBackend', 'function first() {}\nexport function threadBackend'),
    /first functions/,
  ],
  [
    'no process backend',
    'packages/tinypool/src/backend.ts',
    (text) => text.replace('processBackend', 'childBackend'),
    /first functions/,
  ],
  [
    'conformance of another package',
    `${adapter}/test/conformance.test.ts`,
    (text) => text.replace('anypool/threads', 'anypool/tinypool'),
    /conformance\.test\.ts/,
  ],
  [
    'conformance of fewer kinds',
    'packages/tinypool/test/conformance.test.ts',
    (text) => text.replace(", 'process'", ''),
    /conformance\.test\.ts/,
  ],
  [
    'another title',
    `${adapter}/README.md`,
    (text) => text.replace('# @anypool/threads', '# threads'),
    /title is "# threads"/,
  ],
  ['another heading', `${adapter}/README.md`, (text) => text.replace('## Gotchas', '## Traps'), /headings is/],
  [
    'another library version',
    `${adapter}/README.md`,
    (text) => text.replace('| threads 1.7 ', '| threads 1.6 '),
    /no table .* 'threads 1\.7\.0' or 'threads 1\.7'/,
  ],
  [
    'another installation',
    `${adapter}/README.md`,
    (text) => text.replace('@anypool/threads threads', '@anypool/threads'),
    /how to install/,
  ],
  [
    "absent from anypool's table",
    'packages/anypool/dist/backends.js',
    (text) => text.replace("name: 'threads'", "name: 'other'"),
    /anypool's table is undefined/,
  ],
  [
    "another kind in anypool's table",
    'packages/anypool/dist/backends.js',
    (text) => text.replace("kinds: ['thread'],", "kinds: ['thread', 'process'],"),
    /anypool's table is/,
  ],
  [
    "no peer of anypool's",
    'packages/anypool/package.json',
    json((manifest) => {
      delete manifest.peerDependenciesMeta['@anypool/threads'];
    }),
    /no optional peer/,
  ],
  [
    "absent from anypool's README",
    'packages/anypool/README.md',
    (text) => text.replaceAll('`threads:thread`', ''),
    /does not name threads:thread/,
  ],
  [
    "absent from the demo's table",
    'apps/demo/dist/backends.js',
    (text) => text.replace("name: 'threads'", "name: 'other'"),
    /demo's table is undefined/,
  ],
  [
    "no dependency of the demo's",
    'apps/demo/package.json',
    json((manifest) => {
      delete manifest.dependencies['@anypool/threads'];
    }),
    /demo's dependencies/,
  ],
  [
    'no row in the table of adapters',
    'README.md',
    (text) => text.replace(/^\| \[`@anypool\/threads.*thread .*\n/m, ''),
    /table of adapters/,
  ],
  [
    'an old version in the table of adapters',
    'README.md',
    (text) => text.replace('threads.js) 1.7', 'threads.js) 1.6'),
    /over threads 1\.7/,
  ],
  [
    'no row in the table of packages',
    'README.md',
    (text) => text.replace(/^\| \[`@anypool\/threads.*the adapter.*\n/m, ''),
    /table of packages/,
  ],
  [
    'no table of capabilities',
    'README.md',
    (text) => text.replace('| capability', '| ability'),
    /no table of capabilities/,
  ],
  ['a column too few', 'README.md', (text) => text.replace('| threads:thread ', ''), /columns/],
  ['a row too few', 'README.md', (text) => text.replace(/^\| `recycle.*\n/m, ''), /rows of the table/],
  [
    'a value that is not so',
    'README.md',
    (text) => text.replace(/^(\| `recycle`.*?\| )yes/m, '$1no'),
    /recycle of native:thread is "no", expected "yes"/,
  ],
  [
    'a capability that changed',
    'packages/threads/dist/backend.js',
    (text) => text.replace('recycle: true', 'recycle: false'),
    /recycle of threads:thread is "yes", expected "no"/,
  ],
])('%s is found', async (_, file, edit, expected) => {
  expect((await differences(file, edit)).join('\n')).toMatch(expected);
});
