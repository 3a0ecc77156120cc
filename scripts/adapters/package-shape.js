import { join } from 'node:path';
import { isBorrowingFile } from './borrowing.js';
import { compare, read, sourceFiles } from './workspace.js';

const same = ['version', 'license', 'type', 'engines', 'files', 'exports', 'scripts'];

/** The package: its files, its package.json. */
export function packageDifferences(adapter, model) {
  const { folder, manifest, library, version } = adapter;
  const peers = manifest.peerDependencies ?? {};
  const own = manifest.devDependencies ?? {};
  return [
    ...fileDifferences(ownFiles(adapter), ownFiles(model), model.name),
    ...compare('package.json: keys', Object.keys(manifest), Object.keys(model.manifest)),
    ...same.flatMap((key) => compare(`package.json: ${key}`, manifest[key], model.manifest[key])),
    ...compare('package.json: sideEffects', manifest.sideEffects, sideEffects(folder)),
    ...compare(
      'package.json: peerDependencies',
      Object.keys(peers).sort(),
      ['@anypool/core', library ?? []].flat().sort(),
    ),
    ...compare('package.json: peerDependencies: @anypool/core', peers['@anypool/core'], 'workspace:^'),
    ...compare(
      'package.json: devDependencies',
      Object.keys(own).sort(),
      ['@anypool/conformance', '@anypool/core', library ?? []].flat().sort(),
    ),
    ...(library === undefined ? [] : libraryDifferences(library, version, peers[library] ?? '')),
  ];
}

/** The library is a peer, of whatever version fits; the tested one is exact. */
function libraryDifferences(library, version, range) {
  return [
    ...(/^\d+\.\d+\.\d+$/.test(version)
      ? []
      : [`package.json: devDependencies: ${library} is '${version}', expected one exact version`]),
    ...(isWithin(version, range)
      ? []
      : [`package.json: peerDependencies: ${library} is '${range}', which is no ^ range with ${version} in it`]),
  ];
}

function ownFiles({ folder, name }) {
  return sourceFiles(folder).filter((file) => !isBorrowingFile(file, name));
}

function fileDifferences(files, expected, model) {
  return [
    ...expected.filter((file) => !files.includes(file)).map((file) => `${file} is absent, which ${model} has`),
    ...files.filter((file) => !expected.includes(file)).map((file) => `${file} is there, which ${model} does not have`),
  ];
}

// A worker entry that does more than to export must not be dropped by a bundler.
function sideEffects(folder) {
  const statements = read(join(folder, 'src/worker.ts')).split('\n');
  return statements.some((line) => /^(?:\w+|if )\(/.test(line)) ? ['./dist/worker.js'] : false;
}

function isWithin(version, range) {
  const [major, minor, patch] = version.split('.').map(Number);
  const lowest = /^\^(\d+)\.(\d+)\.(\d+)$/.exec(range)?.slice(1).map(Number);
  if (lowest === undefined || lowest[0] !== major) return false;
  return minor > lowest[1] || (minor === lowest[1] && patch >= lowest[2]);
}
