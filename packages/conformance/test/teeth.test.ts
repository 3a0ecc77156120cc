import assert from 'node:assert/strict';
import { conformanceCases } from '@anypool/conformance';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { removeCopy } from './teeth/core/copied-suite.js';
import { saboteurs } from './teeth/index.js';
import type { Saboteur } from './teeth/saboteur.js';

const scale = Number(process.env['ANYPOOL_TIME_SCALE'] ?? 1);
/** Where the end of a case is that there is none. */
const brief = 0.1 * scale;
/** Where a case with no end would make one rule too many. */
const patient = 5 * scale;

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
 * Cases on which a saboteur is tried besides its own, by the name of the layer: a cheap one of nearly each rule, as it is rules that are
 * counted, and for adapters, whose damage shows in scripts alone, those that run one. Some take long, or too long where something is broken.
 */
const cheap = oneOfEachRule(noticedOn('executor').filter((id) => !/^(?:V7|C7|P1|D5)-/.test(id)));
const ofWorkers = oneOfEachRule([...cheap, ...noticedOn('thread').filter((id) => /^(?:E7|C4|W7)-/.test(id))]);
const scripts = [
  'S1-a-task-that-throws-when-it-is-looked-at',
  'S9-tasks-apart',
  'E8-awaited-failures-are-silent',
  'C4-unawaited-cancel-is-silent',
  'C6-signal-holds-no-arguments',
  'W3-caller-survives',
  'W10-output-of-an-idle-executor',
  'Q2-ready-holds-the-process',
  'M3-several-failures',
  'M6-no-timer-is-left',
  'P1-throwing-listener',
  'P2-what-was-asked-for-is-silent',
  'P3-error-while-nobody-reads',
  'D1-core-alone',
  'D2-lazily-made-one-closes-itself',
  'X5a-unawaited-failures',
  'X6-idle-executor',
  'X7-nothing-is-left',
  'X8-idle',
  'O2-a-subscriber-that-throws',
];
const others: Readonly<Record<string, readonly string[]>> = {
  executor: cheap,
  thread: ofWorkers,
  process: ofWorkers,
  'adapter of kind thread': scripts,
  'adapter of kind process': scripts,
  'core and kind inline': oneOfEachRule([...cheap, ...noticedOn('core and kind inline')]),
  'core and kind thread': ofWorkers,
};
const few = 5;

test('there are many that could', () => {
  for (const ids of Object.values(others)) assert.ok(new Set(ids.map(ruleOf)).size >= 4 * few, ids.join());
});

function oneOfEachRule(ids: readonly string[]): string[] {
  return [...new Map(ids.map((id) => [ruleOf(id), id])).values()];
}

function noticedOn(layer: string): string[] {
  return [...new Set(saboteurs.filter((one) => one.layer.name === layer).map(({ noticedBy }) => noticedBy))];
}

/** All of them, or more than there may be. */
async function otherRulesThatNotice(saboteur: Saboteur): Promise<Set<string>> {
  const noticed = new Set<string>();
  const hung = new Set<string>();
  const withHung = (): Set<string> => new Set([...noticed, ...[...hung].map(ruleOf)]);
  for (const id of others[saboteur.layer.name] ?? []) {
    if (ruleOf(id) === saboteur.rule) continue;
    const { status } = await saboteur.run(id, brief);
    if (status === 'hang') hung.add(id);
    else if (status !== 'passed') noticed.add(ruleOf(id));
    if (withHung().size <= few) continue;
    // On a slow machine, what had no end within the brief cap may have one: it is given as long as it could need where each of its
    // tasks has a worker to wait for, but only where that decides.
    for (const late of hung) if ((await saboteur.run(late, patient)).status !== 'passed') noticed.add(ruleOf(late));
    hung.clear();
    if (noticed.size > few) break;
  }
  return withHung();
}

function ruleOf(id: string): string {
  return id.slice(0, id.indexOf('-'));
}

describe(`at most ${few} other rules notice`, () => {
  test('each layer has its others', () => {
    assert.deepEqual(new Set(Object.keys(others)), new Set(saboteurs.map(({ layer }) => layer.name)));
  });

  for (const saboteur of saboteurs) {
    test(titleOf(saboteur), { timeout: 0 }, async () => {
      const noticed = await otherRulesThatNotice(saboteur);
      assert.ok(noticed.size <= few, `also ${[...noticed].join(', ')}`);
    });
  }
});
