import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { targetsOf, withTable } from '../conformance.js';
import { root } from './workspace-copy.js';

test('every adapter is run with its known gaps, and core for the inline executor', () => {
  const targets = targetsOf(root);
  const names = ['native', 'piscina', 'threads', 'tinypool', 'workerpool', 'bullmq', 'core'];
  expect(targets.map(({ name }) => name)).toEqual(names);
  for (const { name, kinds, knownGaps } of targets) {
    if (name === 'core') expect(knownGaps).toBe(undefined);
    else expect(JSON.parse(readFileSync(knownGaps, 'utf8'))).toEqual([]);
    expect(kinds).toEqual({ bullmq: ['remote'], core: ['inline'] }[name]);
  }
});

test('README.md has a place for the table, and the next table takes that of the last', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const once = withTable(readme, '| first |');
  const twice = withTable(once, '| second |');
  expect(once).toMatch(/-->\n\n\| first \|\n\n<!-- \/conformance -->/);
  expect(twice).toBe(once.replace('first', 'second'));
  expect(() => withTable('# no place\n', '| first |')).toThrow(/README\.md has no <!-- conformance/);
});
