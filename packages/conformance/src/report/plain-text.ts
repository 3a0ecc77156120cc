import { stripVTControlCharacters } from 'node:util';
import type { ConformanceReport } from '../report.js';

/** Somebody's text as one line without control characters: a terminal would follow them. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
}

/** The reports with names, versions and reasons as such lines. What was thrown is plain from the start, and has lines. */
export function plainReports(reports: readonly ConformanceReport[]): ConformanceReport[] {
  return reports.map(({ adapter, results, ...report }) => ({
    ...report,
    adapter: {
      ...adapter,
      name: oneLine(adapter.name),
      ...(adapter.version === undefined ? {} : { version: oneLine(adapter.version) }),
    },
    results: results.map((result) =>
      result.reason === undefined ? result : { ...result, reason: oneLine(result.reason) },
    ),
  }));
}
