import { clearLine, cursorTo } from 'node:readline';
import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

/** Shows how far something is: a bar on a terminal, now and then a line elsewhere. */
export interface Progress {
  step(): void;
  /** Takes the bar away, so that a result can stand in its place. */
  end(): void;
}

/** Where the demo prints. Colours appear only where the stream shows them and NO_COLOR does not forbid it. */
export interface Screen {
  line(text?: string): void;
  bold(text: string): string;
  faint(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  progress(label: string, total: number): Progress;
}

export function makeScreen(stream: WriteStream): Screen {
  const styled =
    (format: Parameters<typeof styleText>[0]) =>
    (text: string): string =>
      styleText(format, text, { stream });
  return {
    line: (text = '') => void stream.write(`${text}\n`),
    bold: styled('bold'),
    faint: styled('dim'),
    good: styled('green'),
    bad: styled('red'),
    progress: (label, total) => (stream.isTTY ? bar(stream, label, total) : occasionalLines(stream, label, total)),
  };
}

// Redrawn by the clock, not by the step: a terminal that is slow would slow down what is measured.
const redrawEvery = 80;
const barWidth = 30;

function bar(stream: WriteStream, label: string, total: number): Progress {
  const start = performance.now();
  let [done, drawn] = [0, Number.NEGATIVE_INFINITY];
  const draw = (): void => {
    const now = performance.now();
    if (now - drawn < redrawEvery) return;
    drawn = now;
    const filled = Math.round((done / total) * barWidth);
    const rate = Math.round(done / Math.max((now - start) / 1000, 0.001));
    const text = `${label}  ${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}  ${done}/${total}  ${rate}/s`;
    cursorTo(stream, 0);
    // A line that wraps could not be redrawn in place. Some terminals do not know their width, and say 0.
    stream.write(text.slice(0, (stream.columns || 80) - 1));
    clearLine(stream, 1);
  };
  draw();
  return {
    step() {
      done++;
      draw();
    },
    end() {
      cursorTo(stream, 0);
      clearLine(stream, 0);
    },
  };
}

// In a log a short run needs no line, and a long one must not look dead.
const lineEvery = 10_000;

function occasionalLines(stream: WriteStream, label: string, total: number): Progress {
  let [done, printed] = [0, performance.now()];
  return {
    step() {
      done++;
      const now = performance.now();
      if (now - printed < lineEvery) return;
      printed = now;
      stream.write(`${label}  ${done}/${total}\n`);
    },
    end() {},
  };
}
