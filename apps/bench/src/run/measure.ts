import { type Case, isFresh } from '../cases/case.js';
import { type Contender, contenders } from '../contenders/contenders.js';
import type { Kind } from '../pool.js';
import type { Failure, Result } from '../results/figures.js';
import { type LiveContender, measureFresh, startLive } from './child.js';
import { Ledger } from './ledger.js';
import type { Turn } from './turn.js';

/** How a run goes. */
export interface Plan {
  readonly contenders: readonly Contender[];
  readonly cases: readonly Case[];
  readonly workers: number;
  readonly rounds: number;
  /** How often every contender is started anew: what the compiler made of it differs from process to process. */
  readonly generations: number;
  /** Of the tasks of each case. */
  readonly share: number;
  /** ms that a contender warms up. */
  readonly warmth: number;
  readonly iterationsPerMs: number;
}

/** The contenders that a case is measured with. */
export function fieldOf(one: Case, chosen: readonly Contender[] = contenders): readonly Contender[] {
  return chosen.filter(({ atMost, kind, startOnly, way }) => {
    if (!one.ways.includes(way) || (one.atOnce ?? 0) > atMost) return false;
    if (!isFresh(one)) return !startOnly;
    return (!startOnly || one.isStart === true) && (one.threadsOnly !== true || kind === 'thread');
  });
}

const kinds: readonly Kind[] = ['thread', 'process'];

/** Measures round by round, and in each round one contender after the other. */
export async function measure(
  plan: Plan,
  onProgress: (text: string) => void,
): Promise<{ readonly results: readonly Result[]; readonly failures: readonly Failure[] }> {
  const ledger = new Ledger();
  for (const kind of kinds)
    for (let generation = 0; generation < plan.generations; generation += 1)
      await measureLive(plan, kind, generation, ledger, onProgress);
  for (const one of plan.cases) {
    if (!isFresh(one)) continue;
    const field = fieldOf(one, plan.contenders);
    if (field.length > 0) onProgress(one.title);
    for (let round = 0; round < roundsOf(one, plan); round += 1)
      for (const contender of rotated(field, round))
        await ledger.take(one, contender, round, () => measureFresh(contender, turnOf(one, plan)));
  }
  return ledger;
}

async function measureLive(
  plan: Plan,
  kind: Kind,
  generation: number,
  ledger: Ledger,
  onProgress: (text: string) => void,
): Promise<void> {
  const cases = plan.cases.filter((one) => !isFresh(one) && generation < roundsOf(one, plan));
  const ofKind = plan.contenders.filter((one) => one.kind === kind);
  const taking = ofKind.filter((one) => cases.some((its) => fieldOf(its, [one]).length > 0));
  const live: LiveContender[] = [];
  try {
    if (taking.length > 0) onProgress(`${kind}, ${generation + 1} of ${plan.generations}: warming up`);
    for (const contender of taking)
      await ledger.start(contender, async () => void live.push(await startLive(contender, plan.workers, plan.warmth)));
    for (const one of cases) {
      const field = live.filter(({ contender }) => fieldOf(one, [contender]).length > 0);
      if (field.length === 0) continue;
      onProgress(`${kind}, ${generation + 1} of ${plan.generations}: ${one.title}`);
      for (const { turn, contender } of field)
        await ledger.warm(one, contender, () => turn({ ...turnOf(one, plan), share: plan.share / 10 }));
      for (let round = generation; round < roundsOf(one, plan); round += plan.generations)
        for (const { turn, contender } of rotated(field, round))
          await ledger.take(one, contender, round, () => turn(turnOf(one, plan)));
    }
  } finally {
    await Promise.all(live.map(({ close }) => close()));
  }
}

function roundsOf({ every }: Case, { rounds }: Plan): number {
  return Math.ceil(rounds / every);
}

function turnOf({ id }: Case, { share, workers, iterationsPerMs }: Plan): Turn {
  return { case: id, share, workers, iterationsPerMs };
}

/** Each is the first one as often as the next. */
function rotated<T>(all: readonly T[], by: number): readonly T[] {
  const from = by % Math.max(1, all.length);
  return [...all.slice(from), ...all.slice(0, from)];
}
