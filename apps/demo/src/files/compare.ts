import { createHash } from 'node:crypto';
import type { FileReport } from '../tasks/examine-file.js';

/** A field in which two reports of one file differ. */
export interface Difference {
  readonly path: string;
  readonly field: string;
  readonly expected: string;
  readonly seen: string;
}

/** One hash over all reports, whatever their order: equal if and only if every field of every file is. */
export function digestOf(reports: Iterable<FileReport>): string {
  const lines = [...reports].map((report) => JSON.stringify(Object.entries(report).sort(byKey))).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** Every field in which the reports differ from the expected ones, file by file. */
export function differences(expected: readonly FileReport[], seen: readonly FileReport[]): readonly Difference[] {
  const seenByPath = byPath(seen);
  const missing = byPath(expected);
  const found: Difference[] = [];
  for (const report of expected) found.push(...fieldDifferences(report, seenByPath.get(report.path)));
  for (const report of seen) if (!missing.has(report.path)) found.push(...fieldDifferences(undefined, report));
  return found;
}

/** Reports by their files. */
export function byPath(reports: readonly FileReport[]): ReadonlyMap<string, FileReport> {
  return new Map(reports.map((report) => [report.path, report]));
}

function fieldDifferences(expected: FileReport | undefined, seen: FileReport | undefined): readonly Difference[] {
  const path = expected?.path ?? seen?.path ?? '';
  if (expected === undefined || seen === undefined) {
    return [{ path, field: 'report', expected: expected ? 'there' : 'none', seen: seen ? 'there' : 'none' }];
  }
  const [before, after] = [new Map(Object.entries(expected)), new Map(Object.entries(seen))];
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((field) => before.get(field) !== after.get(field))
    .map((field) => ({ path, field, expected: String(before.get(field)), seen: String(after.get(field)) }));
}

function byKey([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}
