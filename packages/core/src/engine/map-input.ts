import { types } from 'node:util';
import { type OpenIterable, openIterable } from '../values/iterables.js';
import * as validate from './validate.js';

/** What a map reads its items of. Nothing is read before it is opened. */
export interface Input {
  /** How many items there are, where that is known beforehand. */
  readonly length: number | undefined;
  open(): OpenIterable;
}

/** Throws a TypeError for what is neither iterable nor async iterable. */
export function inputOf(items: Iterable<unknown> | AsyncIterable<unknown>): Input {
  const refusal = () => new TypeError(`map: items must be iterable or async iterable, got ${validate.shown(items)}.`);
  const source: object = Object(items);
  const isAsync = Symbol.asyncIterator in source;
  if (!isAsync && !(Symbol.iterator in source)) throw refusal();
  return {
    length: isAsync ? undefined : lengthOf(source),
    open() {
      const opened = openIterable(source);
      if (opened === undefined) throw refusal();
      return opened;
    },
  };
}

// Only of those that are known to iterate over as many: anything can have a property of that name.
function lengthOf(items: object): number | undefined {
  if (Array.isArray(items)) return items.length;
  return types.isSet(items) || types.isMap(items) ? items.size : undefined;
}
