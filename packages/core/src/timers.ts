import { performance } from 'node:perf_hooks';
import timers from 'node:timers';

// Node's own, as they are before any task has run, or a test has put fake ones in their place: what waits for those may wait for ever, and
// work elsewhere takes as long as it does. Not the global ones, which are a page's where tests have a DOM, and know no unref().
export const queueMicrotask: typeof globalThis.queueMicrotask = globalThis.queueMicrotask;
export const setImmediate: typeof timers.setImmediate = timers.setImmediate;
export const clearImmediate: typeof timers.clearImmediate = timers.clearImmediate;
export const setTimeout: typeof timers.setTimeout = timers.setTimeout;
export const clearTimeout: typeof timers.clearTimeout = timers.clearTimeout;
export const setInterval: typeof timers.setInterval = timers.setInterval;
export const clearInterval: typeof timers.clearInterval = timers.clearInterval;
export const now: () => number = performance.now.bind(performance);

/** Resolves in the event loop's next turn, after what was to be done in it already. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
