import type { ConformanceReport } from '../report.js';

/** The reports as JSON: a list, also of one. */
export function jsonReport(reports: readonly ConformanceReport[]): string {
  return `${JSON.stringify(reports, null, 2)}\n`;
}
