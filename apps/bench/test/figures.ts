import type { CaseInfo, Figures, Result } from '../src/results/figures.js';

/** A case that counts tasks per second. */
export const sequential: CaseInfo = {
  id: 'sequential',
  title: 'no-op, one after the other',
  group: 'Calls',
  about: 'Each call waits for the one before.',
  unit: 'tasks/s',
  better: 'more',
};

/** A case in which less is better. */
export const memory: CaseInfo = {
  id: 'memory-100k',
  title: 'a queued no-op, of 100,000',
  group: 'Memory',
  about: 'Memory of the caller for each.',
  unit: 'bytes',
  better: 'less',
};

/** What a contender gave, such as `tinypool:thread/raw`. */
export function result(info: CaseInfo, contender: string, figures: readonly (number | null)[]): Result {
  const [backend = '', way = ''] = contender.split('/');
  const kind = backend.endsWith(':process') ? 'process' : 'thread';
  return { case: info.id, contender, backend, kind, way: way as Result['way'], figures };
}

/** A run that gave just these. */
export function figuresOf(results: readonly Result[], more: Partial<Figures> = {}): Figures {
  return {
    format: 1,
    date: '2026-01-02T03:04:05.678Z',
    machine: { node: 'v24.0.0', cpu: 'some CPU', cpus: 2 },
    workers: 2,
    rounds: 4,
    quick: false,
    cases: [sequential, memory].filter(({ id }) => results.some((one) => one.case === id)),
    results,
    failures: [],
    ...more,
  };
}
