import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Executor } from '@anypool/core';
import type { Answer, Question } from './messages.js';
import type { ErrorText, Status } from './results.js';

/** How a case ended in its process. */
export interface ProcessEnd {
  readonly status: Exclude<Status, 'skipped' | 'not run'>;
  readonly error?: ErrorText;
  /** False: the case passed, but what it left behind could not be ended. */
  readonly isEnded: boolean;
}

/** What the process runs: see child.ts. */
export interface ProcessTarget {
  readonly module: string;
  readonly kind: string;
}

/** A process that runs cases of one target, one after the other. */
export interface CaseProcess {
  capabilities(): Promise<Executor['capabilities']>;
  /** Runs a case; one that gives no answer within `cap` ms hangs. Never rejects. */
  run(question: Question & { type: 'case' }, cap: number): Promise<ProcessEnd>;
  /** Ends it, and what it started. */
  kill(): void;
}

const file = fileURLToPath(new URL('./child.js', import.meta.url));
const running = new Set<CaseProcess>();
process.on('exit', () => {
  for (const one of running) one.kill();
});

/** Starts a process for cases. */
export function startCaseProcess({ module, kind }: ProcessTarget): CaseProcess {
  // A process group of its own, so that what is left of it can be ended whole.
  const child = fork(file, [module, kind], {
    detached: true,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-4000);
  });
  child.on('error', () => {}); // a question to one that is gone; 'close' tells
  const closed = new Promise<string>((resolve) => {
    child.on('close', (code, signal) => resolve(`the process ended (${signal ?? `exit code ${code}`})\n${stderr}`));
  });

  const self: CaseProcess = {
    async capabilities() {
      const answers = ask(child, { type: 'capabilities' });
      const answer = await Promise.race([answers.next(), closed.then((text) => Promise.reject(new Error(text)))]);
      if (answer.type !== 'capabilities') throw new Error('The process answered something else.');
      return answer.capabilities;
    },
    async run(question, cap) {
      const answers = ask(child, question);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<'late'>((resolve) => {
        timer = setTimeout(resolve, cap, 'late');
      });
      let body: (Answer & { type: 'body' }) | undefined;
      try {
        for (;;) {
          const answer = await Promise.race([answers.next(), closed, late]);
          if (typeof answer === 'string') return endWithout(answer, body);
          if (answer.type === 'end') return answer;
          if (answer.type === 'body') body = answer;
        }
      } finally {
        clearTimeout(timer);
        answers.stop();
      }
    },
    kill() {
      running.delete(self);
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // nothing of it is left
      }
    },
  };
  running.add(self);
  return self;
}

/** How a case ended whose process has died, or does not answer. What the case itself came to counts for more. */
function endWithout(what: string, body: (Answer & { type: 'body' }) | undefined): ProcessEnd {
  const isEnded = true;
  if (body?.error !== undefined)
    return { status: body.isOffered ? 'failed' : 'not offered', error: body.error, isEnded };
  if (what !== 'late') return { status: 'crash', error: { name: 'Crash', message: what }, isEnded };
  if (body !== undefined) return { status: 'passed', isEnded: false };
  return { status: 'hang', error: { name: 'HangError', message: 'the process does not answer' }, isEnded };
}

function ask(child: ChildProcess, question: Question): { next(): Promise<Answer>; stop(): void } {
  const answers: Answer[] = [];
  let wake: (() => void) | undefined;
  const listen = (answer: Answer) => {
    answers.push(answer);
    wake?.();
  };
  child.on('message', listen);
  child.send(question);
  return {
    async next() {
      for (;;) {
        const answer = answers.shift();
        if (answer !== undefined) return answer;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    stop: () => void child.off('message', listen),
  };
}
