import { runConformance } from '@anypool/conformance';
import { expect, test } from 'vitest';

test('an adapter that has nothing of core’s but serve() keeps the rules that are about what a worker does with a call', {
  timeout: 300_000,
}, async () => {
  const report = await runConformance({
    module: new URL('./by-hand/adapter.ts', import.meta.url).href,
    kinds: ['thread'],
    jobs: 2,
    cases: ['S1', 'V1', 'E1', 'C2', 'P1', 'W2', 'D7'],
  });
  expect(report.results.filter(({ status }) => status !== 'passed' && status !== 'skipped')).toEqual([]);
  expect(report.results.filter(({ status }) => status === 'passed').length).toBeGreaterThan(50);
});
