import { inspect, isDeepStrictEqual } from 'node:util';
import type { CheckResult } from '../checks/check.js';
import type { Screen } from './screen.js';
import { type Cell, column, header, row } from './table.js';

/** A section's table: a row per check, a column per target. Rows are printed as they are known. */
export interface CheckTable {
  add(results: readonly CheckResult[]): void;
}

/** Prints the heads of the columns; the rows to come are known, so that their widths are. */
export function checkTable(
  screen: Screen,
  checks: readonly { id: string; title: string }[],
  targets: readonly string[],
): CheckTable {
  const columns = [
    column(
      '',
      checks.map(({ id }) => id),
    ),
    column(
      'check',
      checks.map(({ title }) => title),
    ),
    ...targets.map((target) => column(target, ['FAILED'])),
  ];
  screen.line(header(columns, screen.faint));
  return {
    add(results) {
      const [first] = results;
      if (first === undefined) return;
      const cells = targets.map(
        (target): Cell =>
          verdict(
            screen,
            results.find((result) => result.target === target),
          ),
      );
      screen.line(row(columns, [{ text: first.id }, { text: first.title }, ...cells]));
    },
  };
}

function verdict(screen: Screen, result: CheckResult | undefined): Cell {
  if (result === undefined) return { text: '-' };
  return result.held ? { text: 'held', style: screen.good } : { text: 'FAILED', style: screen.bad };
}

/** Prints what each failed check expected and saw. */
export function printFailures(screen: Screen, results: readonly CheckResult[]): void {
  for (const result of results.filter(({ held }) => !held)) {
    screen.line();
    screen.line(screen.bad(`FAILED ${result.id} on ${result.target}: ${result.title}`));
    for (const line of reasons(result)) screen.line(`  ${line}`);
  }
}

function reasons({ expected, seen, error }: CheckResult): readonly string[] {
  if (seen === undefined) return (error ?? 'no reason known').split('\n');
  return [...new Set([...Object.keys(expected), ...Object.keys(seen)])]
    .filter((name) => !isDeepStrictEqual(expected[name], seen[name]))
    .map((name) => `${name}: expected ${inspect(expected[name])}, seen ${inspect(seen[name])}`);
}

/** Prints what the callers caught: once where it is the same on all targets. */
export function printCaught(screen: Screen, results: readonly CheckResult[]): void {
  const caught = results.filter((result) => result.caught !== undefined);
  if (caught.length === 0) return;
  screen.line();
  screen.line('What the caller caught:');
  for (const id of new Set(caught.map((result) => result.id))) {
    const ofCheck = caught.filter((result) => result.id === id);
    const texts = new Set(ofCheck.map((result) => result.caught ?? ''));
    for (const text of texts) {
      const targets = ofCheck.filter((result) => result.caught === text).map((result) => result.target);
      const [first = '', ...rest] = text.split('\n');
      const where = texts.size === 1 ? '' : screen.faint(`on ${targets.join(', ')}: `);
      screen.line(`${id.padEnd(5)} ${where}${first}`);
      for (const line of rest) screen.line(`      ${line}`);
    }
  }
}
