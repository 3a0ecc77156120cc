import assert from 'node:assert/strict';
import { conformanceCases } from '@anypool/conformance';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { removeCopy } from './teeth/core/copied-suite.js';
import { saboteurs } from './teeth/index.js';
import type { Saboteur } from './teeth/saboteur.js';

const scale = Number(process.env['ANYPOOL_TIME_SCALE'] ?? 1);
/** Where the end of a case is that there is none. */
const brief = 0.1 * scale;

// A case that fails leaves promises behind, and nobody waits for those.
const listeners = process.listeners('unhandledRejection');
beforeAll(() => {
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', () => {});
});
afterAll(removeCopy);
afterAll(() => {
  process.removeAllListeners('unhandledRejection');
  for (const listener of listeners) process.on('unhandledRejection', listener);
});

test('each rule has a saboteur', () => {
  const rules = new Set(conformanceCases.map(({ rule }) => rule));
  assert.deepEqual([...new Set(saboteurs.map(({ rule }) => rule))].sort(), [...rules].sort());
});

// The caps are those of the cases.
describe('a saboteur is noticed by its rule, and the same with nothing broken is not', () => {
  for (const saboteur of saboteurs) {
    test(titleOf(saboteur), { timeout: 0 }, async () => {
      const timeScale = saboteur.hangs ? brief : scale;
      const { hangs, layer, noticedBy } = saboteur;
      assert.deepEqual(await layer.runSound(noticedBy, timeScale), { status: 'passed' });
      assert.equal((await saboteur.run(noticedBy, timeScale)).status, hangs ? 'hang' : 'failed');
    });
  }
});

function titleOf({ does, layer, noticedBy, rule }: Saboteur): string {
  return `${rule}: ${does} (${layer.name}, ${noticedBy})`;
}

/**
 * Cases on which a saboteur is tried besides its own, by the name of the layer: cheap ones, and for executors one of nearly each rule.
 * Some take long, or too long where something is broken.
 */
const cheap = noticedOn('executor').filter((id) => !/^(?:V7|C7|P1|D5)-/.test(id));
const others: Readonly<Record<string, readonly string[]>> = {
  executor: cheap,
  thread: [...new Set([...cheap, ...noticedOn('thread').filter((id) => /^(?:E7|C4|W7)-/.test(id))])],
};
const few = 5;

test('there are many that could', () => {
  for (const ids of Object.values(others)) assert.ok(ids.length > 5 * few, ids.join());
});

function noticedOn(layer: string): string[] {
  return [...new Set(saboteurs.filter((one) => one.layer.name === layer).map(({ noticedBy }) => noticedBy))];
}

describe(`at most ${few} other rules notice`, () => {
  for (const saboteur of saboteurs.filter(({ layer }) => layer.name in others)) {
    test(titleOf(saboteur), { timeout: 0 }, async () => {
      const noticed = new Set<string>();
      for (const id of others[saboteur.layer.name] ?? []) {
        const rule = id.slice(0, id.indexOf('-'));
        if (rule !== saboteur.rule && (await saboteur.run(id, brief)).status !== 'passed') noticed.add(rule);
      }
      assert.ok(noticed.size <= few, `also ${[...noticed].join(', ')}`);
    });
  }
});
