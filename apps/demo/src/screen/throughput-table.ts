import type { Throughput } from '../report.js';
import type { Screen } from './screen.js';
import { type Column, column, header, row } from './table.js';

/** The table of section 1: a row per backend, printed as soon as its run is over. */
export interface ThroughputTable {
  add(throughput: Throughput): void;
}

export function throughputTable(screen: Screen, names: readonly string[]): ThroughputTable {
  const columns: readonly Column[] = [
    column('backend', names),
    { title: 'workers', width: 7, align: 'right' },
    { title: 'files', width: 9, align: 'right' },
    { title: 'unreadable', width: 10, align: 'right' },
    { title: 'seconds', width: 9, align: 'right' },
    { title: 'files/s', width: 9, align: 'right' },
    { title: 'MB/s', width: 8, align: 'right' },
    { title: 'speed-up', width: 8, align: 'right' },
  ];
  screen.line(header(columns, screen.faint));
  return {
    add(run) {
      const texts = [
        run.backend,
        String(run.workers),
        run.files.toLocaleString('en-US'),
        String(run.unreadable),
        run.seconds.toFixed(2),
        run.filesPerSecond.toFixed(0),
        run.megabytesPerSecond.toFixed(2),
        `${run.speedUp.toFixed(2)} x`,
      ];
      screen.line(
        row(
          columns,
          texts.map((text) => ({ text })),
        ),
      );
    },
  };
}
