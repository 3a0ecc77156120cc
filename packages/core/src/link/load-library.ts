/**
 * Loads a library for an adapter and takes back what the loading did to this process: the listeners that it added to `process` and
 * the global variables that it made are not the user's doing (X8), and in a worker they come between core and an uncaught error (W2).
 *
 * `load` is synchronous, so that nobody else's code runs meanwhile. What was there before stays; that is so, too, where the user has
 * loaded the library already: nothing is added then.
 */
export function loadLibrary<T>(load: () => T): T {
  const listeners = new Map(process.eventNames().map((name) => [name, new Set(process.rawListeners(name))]));
  const globals = new Set(Object.getOwnPropertyNames(globalThis));
  try {
    return load();
  } finally {
    for (const name of process.eventNames()) {
      for (const listener of process.rawListeners(name)) {
        if (!listeners.get(name)?.has(listener)) process.off(name, listener as () => void);
      }
    }
    for (const name of Object.getOwnPropertyNames(globalThis)) {
      if (!globals.has(name)) Reflect.deleteProperty(globalThis, name);
    }
  }
}
