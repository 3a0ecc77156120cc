import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { inOneLine, OptionError } from './bad-input.js';
import type { CaseContext, ConformanceCase } from './case.js';

/**
 * What an adapter is known to fail: a rule, or one case of it. Data, as a JSON file has it.
 *
 * What is named here runs all the same. A case that passes though it is named is an unexpected pass, which is a failure; where a whole rule is
 * named, that is so once none of its cases fails any more.
 */
export interface KnownGap {
  readonly rule: string;
  /** A case of the rule, by its id. Default: any of them may fail. */
  readonly case?: string | undefined;
  /** The kind of worker that it is about. Default: each of them. */
  readonly kind?: CaseContext['kind'] | undefined;
  /** Why, in a few words; reports show them. */
  readonly reason: string;
  /** Where it is tracked. */
  readonly link?: string | undefined;
  /** The version of the library in which it was seen. */
  readonly version?: string | undefined;
}

const kinds: readonly unknown[] = ['thread', 'process', 'inline', 'remote'] satisfies readonly CaseContext['kind'][];
const fields: readonly string[] = [
  'rule',
  'case',
  'kind',
  'reason',
  'link',
  'version',
] satisfies readonly (keyof KnownGap)[];
const needed: readonly string[] = ['rule', 'reason'];

/** A list of known gaps, if the value is one and speaks of cases that exist. `where` is what the list was given as, such as a file. */
export function checkKnownGaps(
  value: unknown,
  cases: readonly ConformanceCase[],
  where = 'knownGaps',
): readonly KnownGap[] {
  if (!Array.isArray(value)) throw new OptionError(`${where}: expected a list of gaps, got ${shown(value)}.`);
  const gaps = value.map((gap: unknown, index) => checkKnownGap(gap, cases, `${where}[${index}]`));
  const keys = gaps.map(({ case: id, kind, rule }) => [rule, id, kind].join(' '));
  for (const [index, key] of keys.entries()) {
    const first = keys.indexOf(key);
    if (first < index) throw new OptionError(`${where}[${index}]: this gap is given already, as ${where}[${first}].`);
  }
  return gaps;
}

/** The list of known gaps in a JSON file. */
export function readKnownGaps(file: URL | string, cases: readonly ConformanceCase[]): readonly KnownGap[] {
  let value: unknown;
  let name = String(file);
  try {
    if (file instanceof URL) name = fileURLToPath(file);
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new OptionError(`${name} cannot be read: ${inOneLine(error)}`, { cause: error });
  }
  return checkKnownGaps(value, cases, name);
}

function checkKnownGap(value: unknown, cases: readonly ConformanceCase[], where: string): KnownGap {
  if (!hasTexts(value, where)) throw new OptionError(`${where}: expected { rule, reason, … }, got ${shown(value)}.`);
  const { rule, case: id, kind, reason } = value;
  if (kind !== undefined && !isKind(kind))
    throw new OptionError(`${where}.kind: expected ${kinds.join(', ')}, got ${shown(kind)}.`);
  if (!cases.some((testCase) => testCase.rule === rule))
    throw new OptionError(`${where}.rule: no case is about a rule ${shown(rule)}.`);
  if (id !== undefined && !cases.some((testCase) => testCase.rule === rule && testCase.id === id))
    throw new OptionError(`${where}.case: rule ${rule} has no case ${shown(id)}.`);
  const isMeant = (testCase: ConformanceCase) => testCase.rule === rule && (id ?? testCase.id) === testCase.id;
  if (kind !== undefined && !cases.some((testCase) => isMeant(testCase) && isFor(testCase, kind)))
    throw new OptionError(
      `${where}.kind: ${id === undefined ? `no case of ${rule} is` : `${id} is not`} for kind '${kind}'.`,
    );
  return { ...value, rule, reason, kind };
}

// What no capability can change.
function isFor({ kinds: own, local }: ConformanceCase, kind: CaseContext['kind']): boolean {
  return (own?.includes(kind) ?? true) && (kind !== 'remote' || local === undefined);
}

type Texts = { readonly [Field in Exclude<keyof KnownGap, 'rule' | 'reason'>]?: string } & {
  readonly rule: string;
  readonly reason: string;
};

function hasTexts(value: unknown, where: string): value is Texts {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const given = new Map<string, unknown>(Object.entries(value));
  for (const name of given.keys())
    if (!fields.includes(name))
      throw new OptionError(`${where}: unknown field '${name}'; there are ${fields.join(', ')}.`);
  for (const name of fields) {
    const text = given.get(name);
    if (text === undefined && !needed.includes(name)) continue;
    if (typeof text !== 'string' || text.trim() === '')
      throw new OptionError(`${where}.${name}: expected a text, got ${shown(text)}.`);
  }
  return true;
}

function isKind(kind: unknown): kind is CaseContext['kind'] {
  return kinds.includes(kind);
}

function shown(value: unknown): string {
  return inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 80 });
}

/** The gap that a case of a kind falls into; one that names the case comes before one that names its rule. */
export function gapOf(
  testCase: ConformanceCase,
  kind: CaseContext['kind'],
  gaps: readonly KnownGap[],
): KnownGap | undefined {
  const meant = gaps.filter((gap) => gap.rule === testCase.rule && (gap.kind ?? kind) === kind);
  return meant.find((gap) => gap.case === testCase.id) ?? meant.find((gap) => gap.case === undefined);
}

/** What reports say of a gap. */
export function gapText({ reason, version, link }: KnownGap): string {
  return [reason, ...(version === undefined ? [] : [`version ${version}`]), ...(link === undefined ? [] : [link])].join(
    '; ',
  );
}
