import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compare, minorVersion, read, tablesOf } from './workspace.js';

/** The tables in which each adapter has its place: pairs of an adapter's name, or a table's, and what is wrong there. */
export async function tableDifferences(root, adapters) {
  const { backends } = await load(join(root, 'packages/anypool/dist/backends.js'));
  const { backends: demo } = await load(join(root, 'apps/demo/dist/backends.js'));
  const core = await load(join(root, 'packages/core/dist/index.js'));
  const readme = tablesOf(read(join(root, 'README.md')));
  const umbrella = JSON.parse(read(join(root, 'packages/anypool/package.json')));
  const names = read(join(root, 'packages/anypool/README.md'));
  const demoManifest = JSON.parse(read(join(root, 'apps/demo/package.json')));
  return [
    ...adapters.flatMap((adapter) =>
      [
        ...inUmbrella(adapter, backends, umbrella, names),
        ...compare("the demo's table", entryOf(demo, adapter), entryFor(adapter)),
        ...(`@anypool/${adapter.name}` in demoManifest.dependencies
          ? []
          : ["apps/demo/package.json: it is not among the demo's dependencies"]),
        ...inReadme(adapter, readme),
      ].map((difference) => [adapter.name, difference]),
    ),
    ...capabilityDifferences(readme, adapters, backends, core).map((difference) => ['README.md', difference]),
  ];
}

function load(file) {
  return import(pathToFileURL(file).href);
}

function entryFor({ name, library, kinds }) {
  return { name, library, kinds };
}

function entryOf(table, { name }) {
  const entry = table.find((backend) => backend.name === name);
  return entry && entryFor(entry);
}

function inUmbrella(adapter, backends, manifest, readme) {
  const name = `@anypool/${adapter.name}`;
  const isOwn = name in manifest.dependencies;
  return [
    ...compare("anypool's table", entryOf(backends, adapter), entryFor(adapter)),
    ...(isOwn || (name in (manifest.peerDependencies ?? {}) && manifest.peerDependenciesMeta?.[name]?.optional === true)
      ? []
      : ['packages/anypool/package.json: it is no optional peer of anypool']),
    ...adapter.kinds
      .filter((kind) => !readme.includes(`\`${adapter.name}:${kind}\``))
      .map((kind) => `packages/anypool/README.md: it does not name ${adapter.name}:${kind}`),
  ];
}

function inReadme({ name, library, kinds, version }, tables) {
  const link = `[\`@anypool/${name}\`](packages/${name})`;
  const row = tables.find(([heading]) => heading[1] === 'kinds')?.find(([first]) => first === link);
  const packages = tables.find(([heading]) => heading[1] === 'what it is')?.some(([first]) => first === link);
  return [
    ...compare('README.md: kinds in the table of adapters', row?.[1], kinds.join(', ')),
    ...(library === undefined || row?.[2]?.endsWith(` ${minorVersion(version)}`)
      ? []
      : [`README.md: the table of adapters does not say that it is over ${library} ${minorVersion(version)}`]),
    ...(packages ? [] : ['README.md: it is not in the table of packages']),
  ];
}

// The table says what the objects say: the same columns in anypool's order, and each value.
function capabilityDifferences(tables, adapters, backends, core) {
  const table = tables.find(([heading]) => heading[0] === 'capability');
  if (table === undefined) return ['there is no table of capabilities'];
  const [[, ...columns], ...rows] = table;
  const actual = new Map([
    ...adapters.flatMap(({ capabilities }) => [...capabilities]),
    ['inline', core.inlineExecutor().capabilities],
  ]);
  const expected = [...backends.flatMap(({ name, kinds }) => kinds.map((kind) => `${name}:${kind}`)), 'inline'];
  const told = rows.map(([cell]) => /^`(\w+)`:/.exec(cell)?.[1]);
  return [
    ...compare('the columns of the table of capabilities', columns, expected),
    ...compare('the rows of the table of capabilities', told, Object.keys(actual.get('inline') ?? {})),
    ...rows.flatMap(([, ...cells], row) =>
      columns.flatMap((column, index) =>
        actual.has(column)
          ? compare(`${told[row]} of ${column}`, cells[index], actual.get(column)[told[row]] ? 'yes' : 'no')
          : [],
      ),
    ),
  ];
}
