/** The iterator of something iterable. */
export interface OpenIterable {
  readonly iterator: Iterator<unknown> | AsyncIterator<unknown>;
  readonly isAsync: boolean;
}

/** Begins to iterate, as `for await` would: a method that is undefined counts as none. Gives undefined for what is not iterable. */
export function openIterable(source: object): OpenIterable | undefined {
  const either: Partial<Iterable<unknown> & AsyncIterable<unknown>> = source;
  const iterator = either[Symbol.asyncIterator]?.();
  if (iterator) return { iterator, isAsync: true };
  const synchronous = either[Symbol.iterator]?.();
  return synchronous && { iterator: synchronous, isAsync: false };
}

/** An iterator's step, as it is; throws a TypeError for one that is no object, as a loop would. */
export function checkedStep(step: unknown): IteratorResult<unknown> {
  if ((typeof step === 'object' && step !== null) || typeof step === 'function') return step as IteratorResult<unknown>;
  throw new TypeError(`An iterator's step is to be an object, and was ${step === null ? 'null' : `a ${typeof step}`}.`);
}
