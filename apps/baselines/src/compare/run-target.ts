import { type ConformanceCase, conformanceCases } from '@anypool/conformance';
import type { Executor } from '@anypool/core';
import { type CaseProcess, type ProcessEnd, type ProcessTarget, startCaseProcess } from './case-process.js';
import { defaultCap } from './messages.js';
import type { CaseEnd } from './results.js';

/** How to run the suite on a target. */
export interface RunOptions {
  /** Only the cases of these rules; none: all. */
  readonly rules: readonly string[];
  readonly jobs: number;
  /** What the caps of the cases are multiplied by. */
  readonly timeScale: number;
  /** When, by `Date.now()`, no further case is begun. */
  readonly deadline: number;
  /** Default: all of the suite's. */
  readonly cases?: readonly ConformanceCase[];
  /** ms beyond all caps after which a process that does not answer hangs. */
  readonly slack?: number;
  readonly onResult?: (end: CaseEnd) => void;
}

// What runCase() gives the end of the leftovers.
const disposeCap = 10_000;
// Not scaled: a process has to start, and to be slow.
const defaultSlack = 15_000;

/** Runs every case on a target, several side by side, each process anew after a case that may have left something behind. */
export async function runTarget(
  target: ProcessTarget & { readonly kind: Kind },
  options: RunOptions,
): Promise<CaseEnd[]> {
  const capabilities = await capabilitiesOf(target);
  const meant = (options.cases ?? conformanceCases).filter(
    ({ rule, kinds }) =>
      (options.rules.length === 0 || options.rules.includes(rule)) &&
      (kinds === undefined || kinds.includes(target.kind)),
  );
  const ends = new Map<ConformanceCase, CaseEnd>();
  const queue = meant.values();
  const lane = async () => {
    let used: CaseProcess | undefined;
    for (const one of queue) {
      const { id, rule, title } = one;
      const began = performance.now();
      const record = (end: Omit<CaseEnd, 'id' | 'rule' | 'title' | 'ms'>): void => {
        const result = { id, rule, title, ms: Math.round(performance.now() - began), ...end };
        ends.set(one, result);
        options.onResult?.(result);
      };
      const reason = whyNot(one, capabilities);
      if (reason !== undefined) {
        record({ status: 'skipped', reason });
      } else if (Date.now() > options.deadline) {
        record({ status: 'not run' });
      } else {
        const [{ isEnded, ...end }, next] = await runOne(one, used);
        record({ ...end, ...(!isEnded && { isUnended: true }) });
        used = next;
      }
    }
    used?.kill();
  };

  /** The end, and the process that the next case can have. */
  async function runOne(
    one: ConformanceCase,
    used: CaseProcess | undefined,
  ): Promise<[ProcessEnd, CaseProcess | undefined]> {
    const { timeScale, slack = defaultSlack } = options;
    const current = used ?? startCaseProcess(target);
    const cap = ((one.cap ?? defaultCap) + disposeCap) * timeScale + slack;
    const end = await current.run({ type: 'case', id: one.id, timeScale, capabilities }, cap);
    if ((end.status === 'passed' && end.isEnded) || end.status === 'not offered') return [end, current];
    current.kill();
    // It may have died of an earlier case.
    return used !== undefined && end.status === 'crash' ? runOne(one, undefined) : [end, undefined];
  }

  await Promise.all(Array.from({ length: options.jobs }, lane));
  return meant.flatMap((one) => ends.get(one) ?? []);
}

type Kind = 'thread' | 'process';

async function capabilitiesOf(target: ProcessTarget): Promise<Executor['capabilities']> {
  const probe = startCaseProcess(target);
  try {
    return await probe.capabilities();
  } finally {
    probe.kill();
  }
}

function whyNot(
  { requires = [], unless = [] }: ConformanceCase,
  capabilities: Executor['capabilities'],
): string | undefined {
  const missing = requires.find((name) => !capabilities[name]);
  if (missing !== undefined) return `needs the capability ${missing}`;
  const present = unless.find((name) => capabilities[name]);
  return present === undefined ? undefined : `only without the capability ${present}`;
}
