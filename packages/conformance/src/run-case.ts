import type { ConformanceCase } from './case.js';
import { createContext, type Target } from './context.js';

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

/** Runs one case against a target, under the case's cap. Never rejects, needs no test runner, and ends whatever the case leaves behind. */
export async function runCase(
  testCase: ConformanceCase,
  target: Target,
  patience: number = defaultPatience(),
): Promise<CaseResult> {
  const { context, dispose } = createContext(target);
  const result = await settle(
    () => testCase.run(context),
    (testCase.cap ?? defaultCap) * patience,
    `${testCase.id} hangs`,
  );
  const disposal = await settle(dispose, disposeCap * patience, `what ${testCase.id} left behind cannot be ended`);
  return result.status === 'passed' ? disposal : result;
}

/** Stretches every cap, for slow machines: `ANYPOOL_PATIENCE=3` allows three times as long. */
export function defaultPatience(): number {
  const patience = Number(process.env['ANYPOOL_PATIENCE'] ?? 1);
  if (!(patience > 0))
    throw new RangeError(`ANYPOOL_PATIENCE: expected a positive number, got '${process.env['ANYPOOL_PATIENCE']}'.`);
  return patience;
}

async function settle(run: () => Promise<void>, cap: number, complaint: string): Promise<CaseResult> {
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<CaseResult>((resolve) => {
    timer = setTimeout(() => {
      resolve({ status: 'hang', error: new HangError(`hang: ${complaint} (no end after ${cap} ms).`) });
    }, cap);
  });
  const end = Promise.resolve()
    .then(run)
    .then(
      (): CaseResult => ({ status: 'passed' }),
      (error: unknown): CaseResult => ({ status: 'failed', error }),
    );
  try {
    return await Promise.race([end, hang]);
  } finally {
    clearTimeout(timer);
  }
}
