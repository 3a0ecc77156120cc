import { Writable } from 'node:stream';
import { clearTimeout, setTimeout } from '../timers.js';

/** ms that output is waited for while none of it goes: whoever reads the caller's stdout may have stopped to. */
const patience = 2000;

/** Whether something that this worker has printed is still on its way out: a thread's streams hand on one write, and keep the rest until the caller's thread has answered. */
export function isPrinting(): boolean {
  return process.stdout.writableLength > 0 || process.stderr.writableLength > 0;
}

/**
 * Resolves when what was printed so far is out: a worker waits for that before it replies and before it exits. The program may end with the
 * reply, and an exit does not wait for what is written to a pipe (W10).
 */
export async function printed(): Promise<void> {
  for (let left = unwritten(); left > 0; ) {
    await writtenInTime();
    const now = unwritten();
    if (now >= left) return;
    left = now;
  }
}

function unwritten(): number {
  return process.stdout.writableLength + process.stderr.writableLength;
}

async function writtenInTime(): Promise<void> {
  let limit: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    limit = setTimeout(resolve, patience);
  });
  await Promise.race([Promise.all([process.stdout, process.stderr].map(written)), late]);
  clearTimeout(limit);
}

function written(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.writableLength === 0 || stream.writableEnded) resolve();
    // Not its own write(), which a task may have replaced to see what is printed.
    else Writable.prototype.write.call(stream, '', 'utf8', () => resolve());
  });
}
