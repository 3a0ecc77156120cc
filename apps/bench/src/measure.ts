import type { Case } from './cases.js';
import { type Contender, startContender } from './contender.js';
import type { Match } from './matches.js';
import type { Way } from './pool.js';
import { median, ratios } from './statistics.js';

/** What one case of one match gave. */
export interface Result {
  readonly match: string;
  readonly case: string;
  /** Tasks per second of each round. */
  readonly rates: Readonly<Record<Way, readonly number[]>>;
  /** anypool's rate over the library's, the median of the rounds: with the same settings, and with the library's own. */
  readonly ratio: { readonly raw: number; readonly defaults: number };
}

/** ms after which a case is measured no more: a round can take a library a minute. */
const patience = 30_000;
/** However long they take. */
const fewest = 3;

/** Each is the first one as often as the next. */
const turns: readonly (readonly Way[])[] = [
  ['anypool', 'raw', 'defaults'],
  ['raw', 'defaults', 'anypool'],
  ['defaults', 'anypool', 'raw'],
];

/** Measures the cases of a match: round by round, and in each round one contender after the other. */
export async function measure(
  match: Match,
  cases: readonly Case[],
  { workers, rounds }: { readonly workers: number; readonly rounds: number },
  onResult: (result: Result) => void,
): Promise<void> {
  const contenders: Contender[] = [];
  try {
    contenders.push(...(await Promise.all((turns[0] ?? []).map((way) => startContender(match.name, way, workers)))));
    for (const one of cases) onResult(await measureCase(match, one, Math.ceil(rounds / one.every), contenders));
  } finally {
    for (const contender of contenders) await contender.close();
  }
}

async function measureCase(
  match: Match,
  { name }: Case,
  rounds: number,
  contenders: readonly Contender[],
): Promise<Result> {
  const rates: Record<Way, number[]> = { anypool: [], raw: [], defaults: [] };
  const enough = performance.now() + patience;
  for (let round = 0; round < rounds && (round < fewest || performance.now() < enough); round += 1) {
    for (const way of turns[round % turns.length] ?? []) {
      const contender = contenders.find((one) => one.way === way);
      if (contender === undefined) continue;
      const { tasks, ms } = await contender.turn(name);
      rates[way].push((tasks * 1000) / ms);
    }
  }
  const { anypool, raw, defaults } = rates;
  return {
    match: match.name,
    case: name,
    rates,
    ratio: { raw: median(ratios(anypool, raw)), defaults: median(ratios(anypool, defaults)) },
  };
}
