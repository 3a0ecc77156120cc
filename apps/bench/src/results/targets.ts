import {
  againstLibrary,
  besides,
  bestRaw,
  type Candidate,
  executors,
  plain,
  ratio,
  timesAsLong,
} from './candidates.js';
import { type Figures, resultOf } from './figures.js';

/** What is to be reached, and what says whether it is. */
export interface Target {
  readonly target: string;
  /** The case that gives it. */
  readonly case: string;
  readonly limit: { readonly least: number } | { readonly below: number };
  readonly unit?: string;
  /** Each of these has to keep it: the worst is judged. */
  candidates(figures: Figures): readonly Candidate[];
  /** What is shown beside it. */
  beside?(figures: Figures): readonly string[];
}

const native = 'native:thread/anypool';
const byDefault = 'default:thread/anypool';
const oneAtATime = 'bare:thread/one-at-a-time';

/** In the order of the table. */
export const targets: readonly Target[] = [
  againstRaw('a library adapter against its raw library with the same settings, sequential', 'sequential'),
  againstRaw('a library adapter against its raw library with the same settings, at once', 'at-once-10k'),
  {
    target: 'threads.js adapter against raw `Pool`, 10,000 at once',
    case: 'at-once-10k',
    limit: { least: 10 },
    candidates: (figures) => ratio(figures, 'at-once-10k', 'threads:thread/anypool', 'threads:thread/raw'),
  },
  {
    target: 'native against the best raw library, 100,000 no-ops at once',
    case: 'at-once-100k',
    limit: { least: 5 },
    candidates: (figures) => ratio(figures, 'at-once-100k', native, bestRaw(figures, 'at-once-100k', 'thread')),
  },
  {
    target: 'native against bare pipelined postMessage of the same calls',
    case: 'at-once-100k',
    limit: { least: 1 },
    candidates: (figures) => ratio(figures, 'at-once-100k', native, 'bare:thread/pipelined'),
    beside: (figures) => [
      besides('several calls in a message', ratio(figures, 'at-once-100k', native, 'bare:thread/coalesced')),
    ],
  },
  {
    target: 'native sequential round trip against bare postMessage round trip',
    case: 'sequential',
    limit: { least: 0.8 },
    candidates: (figures) => ratio(figures, 'sequential', native, oneAtATime),
  },
  {
    target: "native's processes against the best raw library's, 100,000 no-ops at once",
    case: 'at-once-100k',
    limit: { least: 4 },
    candidates: (figures) =>
      ratio(figures, 'at-once-100k', 'native:process/anypool', bestRaw(figures, 'at-once-100k', 'process')),
  },
  {
    target: "`map` with chunkSize 'auto' against a raw library item by item, tasks of 10 µs",
    case: 'map-auto',
    limit: { least: 8 },
    candidates: (figures) =>
      executors(figures, 'map-auto').flatMap(({ contender, backend }) => {
        const its = resultOf(figures, 'map-auto', `${backend}/raw`);
        return ratio(figures, 'map-auto', contender, its?.contender ?? bestRaw(figures, 'map-auto', 'thread'));
      }),
  },
  {
    target: 'efficiency of CPU tasks of 10 ms on 2 workers, against perfect',
    case: 'work-10ms-2w',
    limit: { least: 97 },
    unit: ' %',
    candidates: (figures) => executors(figures, 'work-10ms-2w').map(plain),
  },
  {
    target: 'time of 64 MB moved against 1 kB copied, round trip',
    case: 'moved-64mb',
    limit: { below: 2 },
    candidates: (figures) => timesAsLong(figures, 'moved-64mb', 'copied-1kb'),
    beside: (figures) => [besides('against 1 kB moved', timesAsLong(figures, 'moved-64mb', 'moved-1kb'))],
  },
  {
    target: 'memory per queued no-op',
    case: 'memory-100k',
    limit: { below: 600 },
    unit: ' bytes',
    candidates: (figures) => executors(figures, 'memory-100k').map(plain),
    beside: (figures) => [besides('of a million', executors(figures, 'memory-1m').map(plain))],
  },
  {
    target: 'import of `anypool`',
    case: 'import',
    limit: { below: 15 },
    unit: ' ms',
    candidates: (figures) =>
      executors(figures, 'import')
        .filter(({ contender }) => contender === byDefault)
        .map(plain),
  },
  {
    target: "time to the first result against a bare Worker's",
    case: 'first-result',
    limit: { below: 1.15 },
    // How many times as fast the other is, is how many times as long this one takes.
    candidates: (figures) =>
      ratio(figures, 'first-result', oneAtATime, byDefault).map((one) => ({ ...one, name: 'default:thread' })),
  },
];

function againstRaw(target: string, caseId: string): Target {
  return {
    target,
    case: caseId,
    limit: { least: 0.95 },
    candidates: (figures) => againstLibrary(figures, caseId, 'raw'),
    beside: (figures) => [
      besides('with its defaults', againstLibrary(figures, caseId, 'defaults')),
      besides('processes', againstLibrary(figures, caseId, 'raw', 'process')),
    ],
  };
}
