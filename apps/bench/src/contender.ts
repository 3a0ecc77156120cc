import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Turn, TurnResult } from './contender-process.js';
import type { Way } from './pool.js';

/** A contender, ready to be measured. */
export interface Contender {
  readonly way: Way;
  /** Lets it run a case once. Rejects if it dies. */
  turn(name: string): Promise<TurnResult>;
  close(): Promise<void>;
}

const file = fileURLToPath(new URL('./contender-process.js', import.meta.url));

/** Starts a contender in a process of its own; resolves when it has warmed up. */
export async function startContender(match: string, way: Way, workers: number): Promise<Contender> {
  const child = fork(file, [match, way, String(workers)], { stdio: 'inherit' });
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`${match}, ${way}: its process ended with code ${String(code)}.`);
  });
  died.catch(() => {});
  await Promise.race([once(child, 'message'), died]);
  return {
    way,
    turn: (name) => Promise.race([turn(child, name), died]),
    close: () => close(child),
  };
}

async function turn(child: ChildProcess, name: string): Promise<TurnResult> {
  child.send({ case: name } satisfies Turn);
  const [result]: TurnResult[] = await once(child, 'message');
  if (result === undefined) throw new Error('The contender gave no result.');
  return result;
}

async function close(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = once(child, 'exit');
  child.disconnect();
  await exit;
}
