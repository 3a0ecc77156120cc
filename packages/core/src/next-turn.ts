// As it is before any task has run, or a test's fake timers: either may replace it to have the time in its hands.
const { setImmediate: soon } = globalThis;

/** Resolves in the event loop's next turn, after what was to be done in it already. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void soon(resolve));
}
