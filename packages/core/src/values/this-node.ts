// A main thread's stack reads back some 1,600 nested objects; a worker's can write four times as many. What one side can write and
// the other cannot read would be lost without a word (S4), so both keep to a depth that every side can read.
export const maxDepth = 1000;

let ownCausesAreRead: boolean | undefined;

/** Whether an error within its own cause can travel: Node 20 writes an error that comes again within its own cause, and cannot read what it has written. */
export function readsOwnCauses(): boolean {
  if (ownCausesAreRead === undefined) {
    const error = new Error();
    error.cause = error;
    try {
      structuredClone(error);
      ownCausesAreRead = true;
    } catch {
      ownCausesAreRead = false;
    }
  }
  return ownCausesAreRead;
}

let exceptionsAreCloned: boolean | undefined;

/** Whether a DOMException is cloned as such, which Node 20 does not do. */
export function clonesExceptions(): boolean {
  exceptionsAreCloned ??= structuredClone(new DOMException('', 'AbortError')) instanceof DOMException;
  return exceptionsAreCloned;
}
