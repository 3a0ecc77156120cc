import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a task needs to leave a trace: plain data, so it travels to workers of every kind. */
export interface TraceHandle {
  readonly file: string;
}

/** A file to which tasks append lines, in the order in which things really happened, also when no result of theirs ever arrives. */
export interface Trace {
  readonly handle: TraceHandle;
  /** The lines so far. */
  lines(): string[];
  /** Resolves with the lines once there are `count` of them. For what nothing else announces, such as a finalizer's end. */
  until(count: number): Promise<string[]>;
}

const pollInterval = 5;

/** Makes an empty trace; `folder` is where its file will be. */
export function createTrace(folder: string): Trace {
  const file = join(folder, 'trace');
  const lines = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []);
  return {
    handle: { file },
    lines,
    until(count) {
      return new Promise((resolve) => {
        const poll = setInterval(check, pollInterval);
        poll.unref(); // a line that never comes is a hung case, and its cap holds the process
        check();
        function check(): void {
          const found = lines();
          if (found.length < count) return;
          clearInterval(poll);
          resolve(found);
        }
      });
    },
  };
}
