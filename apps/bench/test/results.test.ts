import { expect, test } from 'vitest';
import { plotOf } from '../src/report/plot.js';
import { compareFigures } from '../src/results/compare.js';
import { judge } from '../src/results/judge.js';
import { median, ratios, spreadOf } from '../src/results/statistics.js';
import { figuresOf, memory, result, sequential } from './figures.js';

test('the middle of an even number of figures is between the two in the middle', () => {
  expect([median([3]), median([9, 1, 3]), median([4, 1, 9, 2])]).toEqual([3, 3, 3]);
  expect([median([]), spreadOf([])]).toEqual([Number.NaN, undefined]);
});

test('half of the figures are within the spread', () => {
  expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ median: 3, low: 2, high: 4, count: 5 });
});

test('a ratio is that of the same round, and a round that one of the two was not in has none', () => {
  expect(ratios([10, 30, null, 5], [20, 10, 5])).toEqual([0.5, 3]);
});

const raw = 'tinypool:thread/raw';
const own = 'tinypool:thread/anypool';

/** The run of today, with figures that many times those of the run before. */
function changed(factor: number, spread = 1): ReturnType<typeof compareFigures> {
  const before = figuresOf([
    result(sequential, own, [900, 910, 890, 900]),
    result(sequential, raw, [1000, 1000, 1000, 1000]),
  ]);
  // The machine is half as fast: that is nobody's doing.
  const now = figuresOf([
    result(
      sequential,
      own,
      [450, 455, 445, 450].map((figure, i) => figure * factor + (i % 2 === 0 ? spread : -spread)),
    ),
    result(sequential, raw, [500, 500, 500, 500]),
  ]);
  return compareFigures(now, before);
}

test.each([
  ['a tenth and more below the earlier ratio is worse', 0.8, 1, 'worse'],
  ['a tenth and more above it is better', 1.2, 1, 'better'],
  ['less than a tenth is the same', 0.93, 1, 'same'],
  ['more than a tenth, but within the spreads of the two, is the same', 0.8, 200, 'same'],
])('compared by ratio, %s', (_title, factor, spread, change) => {
  expect(changed(factor, spread)).toMatchObject([{ contender: own, reference: raw, change }]);
});

test('where less is better, more is worse, and two rounds need a greater change', () => {
  const before = figuresOf([result(memory, own, [500])]);
  const change = (bytes: number) => compareFigures(figuresOf([result(memory, own, [bytes])]), before)[0]?.change;
  expect([change(700), change(600), change(300)]).toEqual(['worse', 'same', 'better']);
});

test('what a library itself does, and what the earlier run has not, is not compared', () => {
  const before = figuresOf([result(sequential, raw, [1000])]);
  const now = figuresOf([result(sequential, raw, [1]), result(sequential, own, [1])]);
  expect(compareFigures(now, before)).toEqual([]);
});

test('the worst adapter is the one that is judged; the others stand beside it', () => {
  const figures = figuresOf([
    result(sequential, own, [960, 960, 960]),
    result(sequential, raw, [1000, 1000, 1000]),
    result(sequential, 'tinypool:thread/defaults', [500, 500, 500]),
    result(sequential, 'workerpool:thread/anypool', [800, 800, 800]),
    result(sequential, 'workerpool:thread/raw', [1000, 1000, 1000]),
  ]);
  const [first] = judge(figures);
  expect(first).toMatchObject({ case: 'sequential', wanted: 'at least 0.95', verdict: 'gap', value: { median: 0.8 } });
  expect(first?.of).toBe('workerpool:thread, tinypool:thread 0.96; with its defaults: tinypool:thread 1.92');
});

test('a target is met, or it is not, or nothing is known of it', () => {
  const verdicts = (bytes: number) =>
    judge(figuresOf([result(memory, own, [bytes])])).map(({ target, verdict }) => `${target}: ${verdict}`);
  expect(verdicts(599)).toContain('memory per queued no-op: pass');
  expect(verdicts(600)).toContain('memory per queued no-op: gap');
  expect(verdicts(599)).toContain('import of `anypool`: not measured');
});

test("an executor without a library of its own is judged by the best one, and by Node's own messages", () => {
  const info = { ...sequential, id: 'at-once-100k' };
  const figures = figuresOf(
    [
      result(info, 'native:thread/anypool', [120, 120]),
      result(info, raw, [20, 20]),
      result(info, 'workerpool:thread/raw', [30, 30]),
      result(info, 'bare:thread/pipelined', [100, 100]),
    ],
    { cases: [info] },
  );
  const found = judge(figures).filter(({ value }) => value !== undefined);
  expect(found.map(({ of, value, verdict }) => [of, value?.median, verdict])).toEqual([
    ['native:thread to workerpool:thread/raw', 4, 'gap'],
    ['native:thread to bare:thread/pipelined', 1.2, 'pass'],
  ]);
});

test('a plot has a bar for each contender, and points where figures are too far apart for bars', () => {
  const bars = plotOf(figuresOf([result(sequential, own, [900]), result(sequential, raw, [1000])]), sequential);
  expect([bars.match(/<rect/g)?.length, bars.match(/<circle/g)]).toEqual([2, null]);
  const points = plotOf(figuresOf([result(sequential, own, [10]), result(sequential, raw, [1000])]), sequential);
  expect([points.match(/<rect/g), points.match(/<circle/g)?.length]).toEqual([null, 2]);
});
