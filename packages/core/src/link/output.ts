import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

const tailLength = 8192;

/**
 * Brings what a worker process prints to this process's stdout and stderr, whole (W10), and keeps the end of its stderr.
 *
 * Not `pipe()`: that adds five listeners to `process.stdout` for each worker, and stops where a library ends it with output still to come.
 */
export function forwardOutput(child: ChildProcess): { readonly stderrTail: () => string | undefined } {
  let tail = Buffer.alloc(0);
  if (child.stdout !== null) forward(child.stdout, process.stdout);
  if (child.stderr !== null) {
    forward(child.stderr, process.stderr);
    child.stderr.on('data', (chunk: Buffer) => {
      tail = Buffer.concat([tail, chunk]).subarray(-tailLength);
    });
  }
  return { stderrTail: () => (tail.length === 0 ? undefined : tail.toString()) };
}

function forward(from: Readable, to: Writable): void {
  from.on('data', (chunk: Buffer) => {
    // The callback comes in any case, also from a stream that is closed: a 'drain' would not, and what prints would wait for ever.
    if (!to.write(chunk, () => from.resume())) from.pause();
  });
  // A library that had piped it, and was made to stop, has left it paused.
  from.resume();
}
