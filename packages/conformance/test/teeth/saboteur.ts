import { type CaseResult, conformanceCases, runCase, type Target } from '@anypool/conformance';
import { inlineExecutor } from '@anypool/core';
import { createExecutorFrom } from '@anypool/core/backend';
import { type BackendDamage, damagedBackend } from './backend-damage.js';
import { bareBackend } from './bare/backend.mjs';
import { copiedSuite } from './core/copied-suite.js';
import { damaged, type ExecutorDamage } from './executor-damage.js';

/** One way to break a rule. */
export interface Saboteur {
  readonly rule: string;
  /** What it does wrong. */
  readonly does: string;
  /** The case that must notice. */
  readonly noticedBy: string;
  /** Whether the case notices by having no end. */
  readonly hangs: boolean;
  readonly layer: Layer;
  /** Runs a case on it. */
  run(id: string, timeScale: number): Promise<CaseResult>;
}

/** What is broken: the calls of an executor, the workers beneath it, a whole adapter, or functions of core. */
export interface Layer {
  readonly name: string;
  /** Runs a case where nothing is broken, but all is wrapped as where something is. */
  runSound(id: string, timeScale: number): Promise<CaseResult>;
}

/** A row of a table of saboteurs: the rule, what is done wrong, the case that must notice (less the rule), and how it is done. */
export type Row<Damage> = readonly [
  rule: string,
  does: string,
  noticedBy: string,
  damage: Damage,
  how?: 'hangs' | undefined,
];

/** For a damage that another file has under the name of what it does. */
export type NamedRow = readonly [rule: string, does: string, noticedBy: string, how?: 'hangs'];

type Kind = 'thread' | 'process';

/** Inline executors whose calls are broken. */
export function executors(...rows: Row<ExecutorDamage>[]): Saboteur[] {
  return saboteurs('executor', rows, {}, async (damage, id, timeScale) => {
    const restore = damage.around?.();
    try {
      return await runCase(caseOf(id), inlineTarget(damage), timeScale);
    } finally {
      restore?.();
    }
  });
}

/** Threads or processes that are broken. */
export function workers(kind: Kind, ...rows: Row<BackendDamage>[]): Saboteur[] {
  return saboteurs(kind, rows, {}, (damage, id, timeScale) =>
    runCase(caseOf(id), workerTarget(kind, damage), timeScale),
  );
}

/** Adapters whose module, as scripts import it, is broken; adapter/damages.mjs has how. */
export function adapters(kind: Kind, ...rows: NamedRow[]): Saboteur[] {
  return saboteurs(`adapter of kind ${kind}`, named(rows), '', (damage, id, timeScale) => {
    const module = `${adapter}?damage=${encodeURIComponent(damage)}`;
    return runCase(caseOf(id), { ...workerTarget(kind, {}), module }, timeScale);
  });
}

/** Functions of core that are broken, as the cases import them; core/damaged-core.mjs has how. */
export function coreFunctions(kind: Kind | 'inline', ...rows: NamedRow[]): Saboteur[] {
  const target = kind === 'inline' ? inlineTarget({}) : workerTarget(kind, {});
  return saboteurs(`core and kind ${kind}`, named(rows), '', async (damage, id, timeScale) => {
    const suite = await copiedSuite();
    process.env['ANYPOOL_DAMAGE'] = damage;
    try {
      return await suite.runCase(caseOf(id, suite.conformanceCases), target, timeScale);
    } finally {
      delete process.env['ANYPOOL_DAMAGE'];
    }
  });
}

function saboteurs<Damage>(
  name: string,
  rows: readonly Row<Damage>[],
  none: Damage,
  run: (damage: Damage, id: string, timeScale: number) => Promise<CaseResult>,
): Saboteur[] {
  const layer: Layer = { name, runSound: (id, timeScale) => run(none, id, timeScale) };
  return rows.map(([rule, does, noticedBy, damage, how]) => ({
    rule,
    does,
    noticedBy: `${rule}-${noticedBy}`,
    hangs: how === 'hangs',
    layer,
    run: (id, timeScale) => run(damage, id, timeScale),
  }));
}

function named(rows: readonly NamedRow[]): Row<string>[] {
  return rows.map(([rule, does, noticedBy, how]) => [rule, does, noticedBy, does, how]);
}

function inlineTarget(damage: ExecutorDamage): Target {
  return {
    kind: 'inline',
    capabilities: inlineExecutor().capabilities,
    module: import.meta.resolve('@anypool/core'),
    createExecutor: ({ ...options }) => damaged(inlineExecutor(damage.options?.(options) ?? options), damage),
  };
}

const adapter = new URL('./adapter/index.mjs', import.meta.url).href;

function workerTarget(kind: Kind, damage: BackendDamage): Target {
  const backend = damagedBackend(bareBackend(kind), damage);
  return {
    kind,
    capabilities: backend.capabilities,
    module: adapter,
    createExecutor: (options) => createExecutorFrom(backend, { ...(damage.options?.(options) ?? options), kind }),
  };
}

function caseOf(id: string, cases = conformanceCases): (typeof conformanceCases)[number] {
  const found = cases.find((one) => one.id === id);
  if (found === undefined) throw new Error(`There is no case ${id}.`);
  return found;
}
