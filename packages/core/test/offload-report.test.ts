import { expect, test } from 'vitest';
import { type Measurements, reportOf, type Timing } from '../src/offload-report.js';

const computes: Timing = { elapsed: 12.08, busy: 11.9 };
const measurements: Measurements = {
  here: computes,
  there: { elapsed: 12.5, busy: 0.1 },
  dispatch: { elapsed: 0.05, busy: 0.02 },
  cloning: { elapsed: 0.005, busy: 0.005 },
  bytes: 8,
};

test('a call that computes is worth a worker, and the sentence says no more than that', () => {
  const { summary, worthIt } = reportOf('resize', measurements);
  expect(worthIt).toBe(true);
  expect(summary).toBe("'resize' takes 12.1 ms here; in a worker 12.5 ms, 0.05 ms of it dispatch: worth a worker.");
});

test('of a call that waits for the better part of its time, the sentence says how much of it is work', () => {
  const { summary, worthIt } = reportOf('load', { ...measurements, here: { elapsed: 20, busy: 0.15 } });
  expect(worthIt).toBe(false);
  expect(summary).toBe(
    "'load' takes 20 ms here, 0.15 ms of it work; in a worker 12.5 ms, 0.05 ms of it dispatch: not worth a worker.",
  );
});

test('copying is told of with what is copied, where it takes time', () => {
  const { summary } = reportOf('resize', { ...measurements, cloning: { elapsed: 0.3, busy: 0.3 }, bytes: 4e6 });
  expect(summary).toContain('0.05 ms of it dispatch and 0.3 ms copying 4.0 MB: worth a worker.');
});

test('a call is worth a worker where it takes twice what sending does, and longer than an empty task', () => {
  const worthIt = (busy: number) => reportOf('resize', { ...measurements, here: { elapsed: busy, busy } }).worthIt;
  expect([worthIt(0.19), worthIt(0.2)]).toEqual([false, true]);
  const slow = { ...measurements, dispatch: { elapsed: 13, busy: 0.02 } };
  expect(reportOf('resize', slow).worthIt).toBe(false);
});
