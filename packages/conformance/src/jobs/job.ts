import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { adapterCap, shownModule } from '../adapter.js';
import { AdapterError } from '../bad-input.js';
import { capOf } from '../run-case.js';
import type { CaseRunner } from './case-runner.js';
import { answerIn, type JobAnswer, type JobRequest, type RequestMessage } from './job-messages.js';

/** ms that a process has beyond the cap of what it does, which it should have kept by itself: past them, it does not turn any more. */
const slack = 2000;
/** ms for a process to end what it has begun. */
const endCap = 3000;
/** ms for what a process wrote last to arrive, where others hold on to its stderr. */
const lastWordsCap = 500;
const maximumStderr = 1500;

type Reply =
  | Exclude<JobAnswer, { type: 'step' | 'script' }>
  | { readonly type: 'died'; readonly how: string; readonly step: string | undefined }
  | { readonly type: 'late'; readonly ms: number; readonly step: string | undefined };

/** A process that is forked for cases, and again after one that hung or ended it. */
interface Fork {
  readonly isGone: boolean;
  ask(request: JobRequest, cap: number): Promise<Reply>;
  /** Ends it in good order if it can, and else by force. */
  end(): Promise<void>;
  /** Ends it, with the scripts of its cases. */
  kill(): void;
}

/** Runs cases in a process of its own, which may hang or die without harm. */
export function createJob(module: string, timeScale: number): CaseRunner {
  let current: Fork | undefined;
  let isOver = false;
  const name = shownModule(module);

  function ask(request: JobRequest, cap: number): Promise<Reply> {
    if (isOver) return Promise.resolve({ type: 'died', how: 'was ended', step: undefined });
    // Where it died between two cases, neither can be told to be to blame.
    if (current?.isGone === true) current = undefined;
    current ??= startFork();
    return current.ask(request, cap * timeScale + slack);
  }

  function discard(): void {
    current?.kill();
    current = undefined;
  }

  return {
    async offered(kinds) {
      const reply = await ask({ type: 'offered', module, timeScale, kinds }, adapterCap);
      if (reply.type === 'offered') return reply.offered;
      discard();
      if (reply.type === 'refused') throw new AdapterError(reply.message);
      if (reply.type === 'late')
        throw new AdapterError(
          `${name} blocked its process when ${reply.step ?? 'that started'} (no end after ${reply.ms} ms).`,
        );
      if (reply.type === 'died')
        throw new AdapterError(`The process of ${name} ${firstLine(reply.how)} when ${reply.step ?? 'it started'}.`);
      throw new Error(`Asked for kinds, the process answered '${reply.type}'.`);
    },

    async run(testCase, offered) {
      const since = performance.now();
      const reply = await ask(
        { type: 'run', module, timeScale, id: testCase.id, offered },
        capOf(testCase, offered.kind),
      );
      if (reply.type === 'ended') {
        // Whatever still goes on there would go on beside the next case.
        if (reply.end.status === 'hang') discard();
        return reply.end;
      }
      discard();
      const ms = Math.round(performance.now() - since);
      if (reply.type === 'late') {
        const message = `hang: ${testCase.id} blocks its process (no answer after ${reply.ms} ms).`;
        return { status: 'hang', ms, error: { name: 'HangError', message } };
      }
      const message =
        reply.type === 'died' ? `The process that ran the case ${reply.how}` : `It answered '${reply.type}'.`;
      return { status: 'failed', ms, error: { name: 'ProcessEndedError', message } };
    },

    async end() {
      isOver = true;
      await current?.end();
    },
  };
}

function startFork(): Fork {
  const child = fork(fileURLToPath(new URL('./job-process.js', import.meta.url)), {
    // By its stdin it learns of the end of this process, whatever it is doing.
    stdio: ['pipe', 'ignore', 'pipe', 'ipc'],
    // As scripts and workers have it: what this process was started with is not for them.
    execArgv: [],
    // Not in the group that a terminal sends its SIGINT to: it is for this process to end the others, in order.
    detached: process.platform !== 'win32',
  });
  // Whoever waits for it has a timer; that it is there holds nobody's process.
  child.unref();
  child.channel?.unref();
  for (const stream of [child.stdin, child.stderr]) if (stream instanceof Socket) stream.unref();
  child.stdin?.on('error', () => {});
  const key = randomUUID();
  const scripts = new Set<number>();
  let stderr = '';
  let step: string | undefined;
  let settle: ((reply: Reply) => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let limit = 0;
  let isGone = false;

  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-maximumStderr);
  });
  const gone = new Promise<void>((resolve) => {
    child.on('error', () => resolve());
    child.on('exit', () => resolve());
  });
  void gone.then(async () => {
    isGone = true;
    await lastWords(child);
    finish({ type: 'died', how: endOf(child, stderr), step });
    kill();
  });
  child.on('message', (message) => {
    const answer = answerIn(message, key);
    if (answer === undefined) return;
    if (answer.type === 'script') {
      if (answer.isRunning) scripts.add(answer.pid);
      else scripts.delete(answer.pid);
      return;
    }
    if (answer.type !== 'step') return finish(answer);
    step = answer.step;
    watch();
  });

  function finish(reply: Reply): void {
    clearTimeout(timer);
    settle?.(reply);
    settle = undefined;
  }

  function watch(): void {
    clearTimeout(timer);
    timer = setTimeout(() => finish({ type: 'late', ms: limit, step }), limit);
  }

  // Where it cannot be sent, the process is about to be gone, which settles what it was asked for.
  function send(request: JobRequest): void {
    child.send({ key, request } satisfies RequestMessage, () => {});
  }

  function kill(): void {
    for (const pid of [child.pid, ...scripts]) if (pid !== undefined) killGroup(pid);
    scripts.clear();
  }

  return {
    get isGone() {
      return isGone;
    },
    ask: (request, limitOfRequest) =>
      new Promise((resolve) => {
        settle = resolve;
        limit = limitOfRequest;
        watch();
        send(request);
      }),
    async end() {
      if (child.connected) send({ type: 'stop' });
      const late = setTimeout(kill, endCap);
      await gone;
      clearTimeout(late);
      kill();
    },
    kill,
  };
}

// Its stderr may be held by what it started.
function lastWords({ stderr }: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (stderr === null || stderr.readableEnded) return resolve();
    const timer = setTimeout(resolve, lastWordsCap);
    stderr.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function endOf({ exitCode, signalCode }: ChildProcess, stderr: string): string {
  const end = signalCode === null ? `ended with exit code ${exitCode}` : `was ended by ${signalCode}`;
  return stderr.trim() === '' ? `${end}.` : `${end}:\n${stderr.trim()}`;
}

function firstLine(text: string): string {
  return (text.split('\n', 1)[0] ?? '').replace(/[.:]$/, '');
}

function killGroup(pid: number): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // nothing of it is left
  }
}
