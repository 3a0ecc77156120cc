import { monitorEventLoopDelay } from 'node:perf_hooks';
import { everyWay, type LiveCase } from './case.js';

const inFlight = 1000;
/** ms. */
const duration = 500;

/** What a busy pool leaves of its caller. */
export const load: readonly LiveCase[] = [
  {
    id: 'loop-delay',
    title: 'event-loop delay of the caller',
    about: `The 99th percentile, while ${inFlight.toLocaleString('en-US')} no-ops are kept in flight.`,
    group: 'The caller',
    unit: 'ms',
    better: 'less',
    every: 4,
    ways: everyWay,
    async measure({ noop }, { share }) {
      const histogram = monitorEventLoopDelay({ resolution: 1 });
      const end = performance.now() + duration * share;
      histogram.enable();
      await Promise.all(
        Array.from({ length: inFlight }, async () => {
          while (performance.now() < end) await noop();
        }),
      );
      histogram.disable();
      return histogram.percentile(99) / 1e6;
    },
  },
];
