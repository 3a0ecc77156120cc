import { types } from 'node:util';
import * as validate from './validate.js';

/** What a map reads its items of. Nothing is read before it is opened. */
export interface Input {
  /** How many items there are, where that is known beforehand. */
  readonly length: number | undefined;
  open(): OpenInput;
}

export interface OpenInput {
  readonly iterator: Iterator<unknown> | AsyncIterator<unknown>;
  readonly isAsync: boolean;
}

/** Throws a TypeError for what is neither iterable nor async iterable. */
export function inputOf(items: Iterable<unknown> | AsyncIterable<unknown>): Input {
  if (items !== null && items !== undefined) {
    if (Symbol.asyncIterator in Object(items)) {
      const open = () => ({ iterator: (items as AsyncIterable<unknown>)[Symbol.asyncIterator](), isAsync: true });
      return { length: undefined, open };
    }
    if (Symbol.iterator in Object(items)) {
      const open = () => ({ iterator: (items as Iterable<unknown>)[Symbol.iterator](), isAsync: false });
      return { length: lengthOf(items), open };
    }
  }
  throw new TypeError(`map: items must be iterable or async iterable, got ${validate.shown(items)}.`);
}

// Only of those that are known to iterate over as many: anything can have a property of that name.
function lengthOf(items: object): number | undefined {
  if (Array.isArray(items)) return items.length;
  return types.isSet(items) || types.isMap(items) ? items.size : undefined;
}
