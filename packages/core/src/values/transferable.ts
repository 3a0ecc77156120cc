import type { Transferable } from 'node:worker_threads';

const untouched = new Error('Nothing was transferred.');

const unreadable = {
  get value(): never {
    throw untouched;
  },
};

/**
 * Why these could not be transferred; undefined if they can. They stay what they are: a list is checked before the value is read, which
 * fails here, and is taken from its owner after that. No error's text is looked at, and nothing else tells of a port whether it is closed.
 */
export function refusal(transferList: readonly Transferable[]): unknown {
  try {
    structuredClone(unreadable, { transfer: [...transferList] });
  } catch (error) {
    return error === untouched ? undefined : error;
  }
  return undefined;
}
