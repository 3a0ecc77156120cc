import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Contender } from '../contenders/contenders.js';
import type { Turn } from './turn.js';

/** A contender, open and warm. */
export interface LiveContender {
  readonly contender: Contender;
  /** Lets it measure a case once. Rejects if it fails or dies, or does not answer in time. */
  turn(turn: Turn): Promise<number | undefined>;
  close(): Promise<void>;
}

const liveFile = fileURLToPath(new URL('./live-process.js', import.meta.url));
const freshFile = fileURLToPath(new URL('./fresh-process.js', import.meta.url));
/** ms: a library may need a minute for a turn, but one that forgot a task never ends. */
const longestTurn = 180_000;

/** Starts a contender in a process of its own; resolves when it has warmed up. */
export async function startLive(contender: Contender, workers: number, warmth: number): Promise<LiveContender> {
  const child = fork(liveFile, [contender.id, String(workers), String(warmth)], { serialization: 'advanced' });
  await answerOf(child, contender);
  return {
    contender,
    async turn(turn) {
      if (!child.connected) throw new Error(`${contender.id}: its process is gone`);
      child.send(turn);
      return figureOf(await answerOf(child, contender));
    },
    close: () => close(child),
  };
}

/** Measures once in a process of its own. */
export async function measureFresh(contender: Contender, turn: Turn): Promise<number | undefined> {
  const child = fork(freshFile, [contender.id, JSON.stringify(turn)], {
    serialization: 'advanced',
    // A million tasks do not fit into what Node takes by itself.
    execArgv: ['--expose-gc', '--max-old-space-size=8192'],
  });
  const gone = once(child, 'exit');
  const answer = answerOf(child, contender);
  await gone;
  return figureOf(await answer);
}

function answerOf(child: ChildProcess, { id }: Contender): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      end(() => reject(new Error(`${id}: no answer in ${longestTurn / 1000} s`)));
    }, longestTurn);
    const answer = (message: unknown): void => end(() => resolve(message));
    const exit = (code: number | null, signal: string | null): void =>
      end(() => reject(new Error(`${id}: its process ended with ${code ?? signal}`)));
    child.once('message', answer).once('exit', exit);

    function end(settle: () => void): void {
      clearTimeout(timer);
      child.off('message', answer).off('exit', exit);
      settle();
    }
  });
}

function figureOf(answer: unknown): number | undefined {
  const { figure, error }: { figure?: unknown; error?: unknown } = Object(answer);
  if (error !== undefined) throw new Error(String(error));
  return typeof figure === 'number' ? figure : undefined;
}

async function close(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.disconnect();
  await exit;
}
