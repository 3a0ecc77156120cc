import type { Kind } from '../pool.js';
import { type CaseInfo, type Figures, measured, type Result, resultOf } from './figures.js';
import { speeds } from './speed.js';
import { median, type Spread, spreadOf } from './statistics.js';

/** One line of the table of targets. */
export interface Verdict {
  readonly target: string;
  /** Such as `at least 0.95`. */
  readonly wanted: string;
  /** The case that gives it. */
  readonly case: string;
  /** undefined if it was not measured. */
  readonly value: Spread | undefined;
  readonly unit: string;
  readonly verdict: 'pass' | 'gap' | 'not measured';
  /** Whose figure it is, and what else belongs to it. */
  readonly of: string;
}

interface Target {
  readonly target: string;
  readonly case: string;
  readonly limit: { readonly least: number } | { readonly below: number };
  readonly unit?: string;
  /** Each of these has to keep it; the worst is judged. */
  candidates(figures: Figures, one: Target): readonly Candidate[];
  /** What is shown beside it. */
  beside?(figures: Figures, one: Target): string;
}

interface Candidate {
  readonly name: string;
  readonly figures: readonly number[];
}

const targets: readonly Target[] = [
  againstRaw('a library adapter against its raw library with the same settings, sequential', 'sequential'),
  againstRaw('a library adapter against its raw library with the same settings, at once', 'at-once-10k'),
  {
    target: 'threads.js adapter against raw `Pool`, 10,000 at once',
    case: 'at-once-10k',
    limit: { least: 10 },
    candidates: (figures, one) => ratio(figures, one, 'threads:thread/anypool', 'threads:thread/raw'),
  },
  {
    target: 'native against the best raw library, 100,000 no-ops at once',
    case: 'at-once-100k',
    limit: { least: 5 },
    candidates: (figures, one) => ratio(figures, one, 'native:thread/anypool', bestRaw(figures, one, 'thread')),
  },
  {
    target: 'native against bare pipelined postMessage of the same calls',
    case: 'at-once-100k',
    limit: { least: 1 },
    candidates: (figures, one) => ratio(figures, one, 'native:thread/anypool', 'bare:thread/pipelined'),
    beside: (figures, one) =>
      besides('coalesced', ratio(figures, one, 'native:thread/anypool', 'bare:thread/coalesced')),
  },
  {
    target: 'native sequential round trip against bare postMessage round trip',
    case: 'sequential',
    limit: { least: 0.8 },
    candidates: (figures, one) => ratio(figures, one, 'native:thread/anypool', 'bare:thread/one-at-a-time'),
  },
  {
    target: "native's processes against the best raw library's, at once",
    case: 'at-once-100k',
    limit: { least: 4 },
    candidates: (figures, one) => ratio(figures, one, 'native:process/anypool', bestRaw(figures, one, 'process')),
  },
  {
    target: "`map` with chunkSize 'auto' against a raw library item by item, tasks of 10 µs",
    case: 'map-auto',
    limit: { least: 8 },
    candidates: (figures, one) =>
      executors(figures, one).flatMap(({ contender, backend }) =>
        ratio(
          figures,
          one,
          contender,
          resultOf(figures, one.case, `${backend}/raw`)?.contender ?? bestRaw(figures, one, 'thread'),
        ),
      ),
  },
  {
    target: 'efficiency of CPU tasks of 10 ms on 2 workers, against perfect',
    case: 'work-10ms-2w',
    limit: { least: 97 },
    unit: ' %',
    candidates: (figures, one) => executors(figures, one).map(plain),
  },
  {
    target: 'time of 64 MB moved against 1 kB copied, round trip',
    case: 'moved-64mb',
    limit: { below: 2 },
    candidates: (figures, one) => executors(figures, one).flatMap((result) => timesOf(figures, result, 'copied-1kb')),
    beside: (figures, one) =>
      besides(
        'against 1 kB moved',
        executors(figures, one).flatMap((result) => timesOf(figures, result, 'moved-1kb')),
      ),
  },
  {
    target: 'memory per queued no-op',
    case: 'memory-100k',
    limit: { below: 600 },
    unit: ' bytes',
    candidates: (figures, one) => executors(figures, one).map(plain),
    beside: (figures, one) => besides('of a million', executors(figures, { ...one, case: 'memory-1m' }).map(plain)),
  },
  {
    target: 'import of `anypool`',
    case: 'import',
    limit: { below: 15 },
    unit: ' ms',
    candidates: (figures, one) => resultsOf(figures, one, (id) => id === 'default:thread/anypool').map(plain),
  },
  {
    target: "time to the first result against a bare Worker's",
    case: 'first-result',
    limit: { below: 1.15 },
    candidates: (figures, one) => {
      const bare = resultOf(figures, one.case, 'bare:thread/one-at-a-time');
      const own = resultOf(figures, one.case, 'default:thread/anypool');
      const info = infoOf(figures, one.case);
      return bare && own && info ? [{ name: own.contender, figures: speeds(info, bare, own) }] : [];
    },
  },
];

/** The targets, each with what this run says of it. */
export function judge(figures: Figures): readonly Verdict[] {
  return targets.map((one) => verdictOf(figures, one));
}

function verdictOf(figures: Figures, one: Target): Verdict {
  const { limit, target, case: id, unit = '' } = one;
  const candidates = one.candidates(figures, one).filter((candidate) => candidate.figures.length > 0);
  const isLeast = 'least' in limit;
  const inOrder = [...candidates].sort((a, b) => (median(a.figures) - median(b.figures)) * (isLeast ? 1 : -1));
  const [worst, ...others] = inOrder;
  const value = spreadOf(worst?.figures ?? []);
  const keeps = value !== undefined && (isLeast ? value.median >= limit.least : value.median < limit.below);
  const rest = others.map((other) => `${other.name} ${short(median(other.figures))}`);
  const beside = one.beside?.(figures, one) ?? '';
  return {
    target,
    wanted: isLeast ? `at least ${limit.least}${unit}` : `below ${limit.below}${unit}`,
    case: id,
    value,
    unit,
    verdict: value === undefined ? 'not measured' : keeps ? 'pass' : 'gap',
    of: [worst?.name ?? '', ...rest, beside].filter((text) => text !== '').join(', '),
  };
}

function againstRaw(target: string, caseId: string): Target {
  const ofThreads = (way: string) => (figures: Figures, one: Target) =>
    executors(figures, one).flatMap(({ contender, backend }) => ratio(figures, one, contender, `${backend}/${way}`));
  return {
    target,
    case: caseId,
    limit: { least: 0.95 },
    candidates: ofThreads('raw'),
    beside: (figures, one) =>
      [
        besides('with its defaults', ofThreads('defaults')(figures, one)),
        besides(
          'processes',
          executors(figures, one, 'process').flatMap(({ contender, backend }) =>
            ratio(figures, one, contender, `${backend}/raw`),
          ),
        ),
      ]
        .filter((text) => text !== '')
        .join('; '),
  };
}

function besides(label: string, candidates: readonly Candidate[]): string {
  const known = candidates.filter((candidate) => candidate.figures.length > 0);
  return known.length === 0
    ? ''
    : `${label}: ${known.map(({ name, figures }) => `${name} ${short(median(figures))}`).join(', ')}`;
}

function executors(figures: Figures, one: Target, kind: Kind = 'thread'): readonly Result[] {
  return figures.results.filter(
    (result) => result.case === one.case && result.way === 'anypool' && result.kind === kind,
  );
}

function resultsOf(figures: Figures, one: Target, is: (id: string) => boolean): readonly Result[] {
  return figures.results.filter((result) => result.case === one.case && is(result.contender));
}

function bestRaw(figures: Figures, one: Target, kind: Kind): string {
  const raw = figures.results.filter(
    (result) => result.case === one.case && result.kind === kind && (result.way === 'raw' || result.way === 'defaults'),
  );
  const best = [...raw].sort((a, b) => median(measured(b)) - median(measured(a)))[0];
  return best?.contender ?? '';
}

function ratio(figures: Figures, one: Target, id: string, other: string): readonly Candidate[] {
  const info = infoOf(figures, one.case);
  const own = resultOf(figures, one.case, id);
  const its = resultOf(figures, one.case, other);
  if (info === undefined || own === undefined || its === undefined) return [];
  const name =
    other === `${own.backend}/raw` || other === `${own.backend}/defaults` ? own.backend : `${own.backend} to ${other}`;
  return [{ name, figures: speeds(info, own, its) }];
}

// The two are cases of their own, and their rounds minutes apart: the median of one is held against each figure of the other.
function timesOf(figures: Figures, result: Result, smallCase: string): readonly Candidate[] {
  const small = resultOf(figures, smallCase, result.contender);
  if (small === undefined) return [];
  const unit = median(measured(small));
  return [{ name: result.backend, figures: measured(result).map((figure) => figure / unit) }];
}

function plain(result: Result): Candidate {
  return { name: result.backend, figures: measured(result) };
}

function infoOf({ cases }: Figures, id: string): CaseInfo | undefined {
  return cases.find((one) => one.id === id);
}

function short(value: number): string {
  return value >= 100 ? Math.round(value).toString() : value.toFixed(2);
}
