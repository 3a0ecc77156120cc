import type { ConformanceCase } from './case.js';
import { createContext, type Target } from './context.js';
import { defaultTimeScale } from './time-scale.js';

/** How a case ended. */
export type CaseResult =
  | { readonly status: 'passed' }
  | { readonly status: 'failed' | 'hang'; readonly error: unknown };

/** A case, or the end of what it left behind, took longer than its cap. */
export class HangError extends Error {
  override readonly name = 'HangError';
}

const defaultCap = 20_000;
const disposeCap = 10_000;

/** A remote task passes a network and a server's queue twice, which takes as long as tens of tasks on a worker at hand. */
const remoteTimes = 3;

/** ms, before scaling, after which a case must have ended, and what it left behind as well. */
export function capOf(testCase: ConformanceCase, kind: Target['kind']): number {
  return runCap(testCase, kind) + disposeCap;
}

function runCap({ cap = defaultCap }: ConformanceCase, kind: Target['kind']): number {
  return kind === 'remote' ? remoteTimes * cap : cap;
}

/**
 * Runs one case against a target, under the case's cap, and ends whatever the case leaves behind. Needs no test runner. Rejects only with an
 * `OptionError`, for an `ANYPOOL_TIME_SCALE` that is no number.
 *
 * `timeScale` stretches the cap; default: `ANYPOOL_TIME_SCALE`, or 1. When `signal` aborts, the case is over, with the signal's reason as its failure.
 */
export async function runCase(
  testCase: ConformanceCase,
  target: Target,
  timeScale: number = defaultTimeScale(),
  signal?: AbortSignal,
): Promise<CaseResult> {
  const { context, dispose } = createContext(target);
  const result = await settle(
    () => testCase.run(context),
    runCap(testCase, target.kind) * timeScale,
    `${testCase.id} hangs`,
    signal,
  );
  const disposal = await settle(dispose, disposeCap * timeScale, `what ${testCase.id} left behind cannot be ended`);
  return result.status === 'passed' ? disposal : result;
}

async function settle(
  run: () => Promise<void>,
  cap: number,
  complaint: string,
  signal?: AbortSignal,
): Promise<CaseResult> {
  let timer: NodeJS.Timeout | undefined;
  let abort = () => {};
  const cut = new Promise<CaseResult>((resolve) => {
    timer = setTimeout(() => {
      resolve({ status: 'hang', error: new HangError(`hang: ${complaint} (no end after ${cap} ms).`) });
    }, cap);
    abort = () => resolve({ status: 'failed', error: signal?.reason });
  });
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  const end = Promise.resolve()
    .then(run)
    .then(
      (): CaseResult => ({ status: 'passed' }),
      (error: unknown): CaseResult => ({ status: 'failed', error }),
    );
  try {
    return await Promise.race([cut, end]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
