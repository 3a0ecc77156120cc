import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { borrowing, borrowingDifferences, typeName } from './borrowing.js';
import { compare, read } from './workspace.js';

const maximumLines = 250;

/** The sources: what index.ts exports, how backend.ts begins, how long it is, what the conformance test is about. */
export function sourceDifferences(adapter) {
  const { folder, kinds, module, name } = adapter;
  const source = (file) => (existsSync(join(folder, file)) ? read(join(folder, file)) : '');
  const [index, backend, worker] = ['src/index.ts', 'src/backend.ts', 'src/worker.ts'].map(source);
  const type = typeName(name);
  const more = borrowing(adapter);
  const lines = [backend, worker].join('').split('\n').length - 1;
  return [
    ...compare('index.ts: exports', Object.keys(module).sort(), ['createExecutor', ...more.exports].sort()),
    ...compare(
      'index.ts: exported types',
      exportedTypes(index),
      [`${type}ExecutorOptions`, `${type}Options`, ...more.types].sort(),
    ),
    ...borrowingDifferences(adapter),
    ...(lines < maximumLines
      ? []
      : [`backend.ts and worker.ts have ${lines} lines, expected less than ${maximumLines}`]),
    ...compare(
      'backend.ts: the first functions',
      functions(backend).slice(0, kinds.length),
      kinds.map((kind) => `export function ${kind}Backend`),
    ),
    ...compare('conformance.test.ts: statements', statements(source('test/conformance.test.ts')), [
      "import { testConformance } from '@anypool/conformance/vitest'",
      "const knownGaps = new URL('../known-gaps.json', import.meta.url)",
      `testConformance({ module: import.meta.resolve('@anypool/${name}'), kinds: [${kinds.map((kind) => `'${kind}'`).join(', ')}], knownGaps })`,
    ]),
  ];
}

function exportedTypes(index) {
  const lists = [...index.matchAll(/^export type \{([^}]*)\}/gm)].flatMap(([, list]) => list.split(','));
  const inline = [...index.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, list]) =>
    [...list.matchAll(/\btype (\w+)/g)].map(([, name]) => name),
  );
  const declared = [...index.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name]) => name);
  return [...lists.map((name) => name.trim()).filter((name) => name !== ''), ...inline, ...declared].sort();
}

function functions(text) {
  return [...text.matchAll(/^(?:export )?(?:async )?(?:function|class) \w+/gm)].map(([declaration]) => declaration);
}

function statements(text) {
  return text
    .replace(/\s+/g, ' ')
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
