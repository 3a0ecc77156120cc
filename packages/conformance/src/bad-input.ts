/**
 * The module under test cannot be tested: it is absent, exports no `createExecutor`, throws or hangs when it is imported or when it makes
 * an executor, or makes something else.
 *
 * The message is one line, for the author of the adapter; what was thrown is the `cause`. Its `code` is `ERR_ADAPTER`.
 */
export class AdapterError extends Error {
  override readonly name = 'AdapterError';
  readonly code = 'ERR_ADAPTER';
}

/** An option of the suite that cannot be followed, such as a case that does not exist. The message is one line, the `code` `ERR_CONFORMANCE_OPTION`. */
export class OptionError extends RangeError {
  override readonly name = 'OptionError';
  readonly code = 'ERR_CONFORMANCE_OPTION';
}

/** The first line of what was thrown, with its name. Never throws itself, whatever it is. */
export function inOneLine(thrown: unknown): string {
  try {
    const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
    return text.trim().split('\n', 1)[0] ?? '';
  } catch {
    return 'something that cannot be looked at';
  }
}

/** `instanceof`, which a Proxy may answer by throwing. */
export function isOf<T>(thrown: unknown, type: abstract new (...args: never) => T): thrown is T {
  try {
    return thrown instanceof type;
  } catch {
    return false;
  }
}
