import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { TimeStatistics } from '../executor.js';
import type { Job } from './job.js';

const nanosecondsPerMs = 1e6;
const none: readonly number[] = [];

/** What became of an executor's tasks, and how long they took. */
export class Statistics {
  completed = 0;
  failed = 0;
  crashed = 0;
  cancelled = 0;
  readonly #waitTime = histogram();
  readonly #runTime = histogram();

  get waitTime(): TimeStatistics {
    return summary(this.#waitTime);
  }

  get runTime(): TimeStatistics {
    return summary(this.#runTime);
  }

  settled(job: Job, crashed: boolean, now: number): void {
    const { items, completed } = job.count;
    this.completed += completed;
    // Of several items one has failed, and those after it are not run any more.
    const failed = job.state === 'rejected' && completed < items ? 1 : 0;
    this.failed += failed;
    this.cancelled += items - completed - failed;
    if (crashed) this.crashed += 1;
    // One that never started has waited in vain, and says nothing of how long tasks wait.
    if (job.startedAt === 0) return;
    const begun = completed + failed || 1;
    for (let i = 0; i < begun; i += 1) record(this.#waitTime, job.startedAt - job.submittedAt);
    const slow = job.options.chunk?.slow.slice(0, begun) ?? none;
    let rest = now - job.startedAt;
    for (const time of slow) {
      record(this.#runTime, time);
      rest -= time;
    }
    // The others took next to nothing, and share what is left.
    const others = begun - slow.length;
    for (let i = 0; i < others; i += 1) record(this.#runTime, rest / others);
  }
}

// Two digits in 11 days, counted in nanoseconds: 30 kB, and one percent of doubt.
function histogram(): RecordableHistogram {
  return createHistogram({ lowest: 1, highest: 1e15, figures: 2 });
}

function record(times: RecordableHistogram, ms: number): void {
  times.record(Math.max(1, Math.round(ms * nanosecondsPerMs)));
}

function summary(times: RecordableHistogram): TimeStatistics {
  if (times.count === 0) return { p50: 0, p95: 0, p99: 0, max: 0 };
  const percentile = (percent: number): number => times.percentile(percent) / nanosecondsPerMs;
  return { p50: percentile(50), p95: percentile(95), p99: percentile(99), max: times.max / nanosecondsPerMs };
}
