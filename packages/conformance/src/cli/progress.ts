import type { WriteStream } from 'node:tty';
import { type CaseReport, isFailure } from '../report.js';

/** What is told while a run goes on, on one line of a terminal. */
export interface Progress {
  onStart(total: number): void;
  onResult(result: CaseReport): void;
  /** Clears the line. */
  end(): void;
}

/** Shows on a terminal how far a run has come; without one, nothing. */
export function showProgress(terminal: WriteStream | undefined): Progress {
  let total = 0;
  let done = 0;
  let failed = 0;
  const show = () => {
    const failures = failed === 0 ? '' : `, ${failed} failed`;
    terminal?.write(`\r\u001b[K${done} of ${total} cases${failures}`);
  };
  return {
    onStart(count) {
      total = count;
      show();
    },
    onResult(result) {
      done += 1;
      if (isFailure(result)) failed += 1;
      show();
    },
    end: () => void terminal?.write('\r\u001b[K'),
  };
}
