import { inspect, stripVTControlCharacters } from 'node:util';

/** What was thrown, as plain data of bounded length. */
export interface ErrorReport {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** What an assertion expected, and what there was instead. */
  readonly expected?: string;
  readonly actual?: string;
}

const maximumLength = 2000;
const maximumCauses = 5;

/** Describes what a case threw. Never throws itself, whatever it is. */
export function describeError(thrown: unknown): ErrorReport {
  try {
    if (!(thrown instanceof Error)) return { name: 'thrown value', message: shown(thrown) };
    const { name, message, stack } = thrown;
    return {
      name: bounded(String(name)),
      message: bounded(String(message)),
      ...(typeof stack === 'string' ? { stack: bounded([stack, ...causesOf(thrown)].join('\n')) } : {}),
      ...compared(thrown),
    };
  } catch {
    return { name: 'thrown value', message: 'something that cannot be looked at' };
  }
}

// AssertionErrors of node:assert and of other libraries have both.
function compared(error: Error): Pick<ErrorReport, 'expected' | 'actual'> {
  return 'expected' in error && 'actual' in error
    ? { expected: shown(error.expected), actual: shown(error.actual) }
    : {};
}

function causesOf(error: Error): string[] {
  const causes: string[] = [];
  for (let { cause } = error; cause !== undefined && causes.length < maximumCauses; ) {
    causes.push(`Caused by: ${cause instanceof Error ? (cause.stack ?? String(cause)) : shown(cause)}`);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return causes;
}

function shown(value: unknown): string {
  try {
    return bounded(inspect(value, { depth: 4, maxArrayLength: 50, maxStringLength: 1000, breakLength: 100 }));
  } catch {
    return 'something that cannot be looked at';
  }
}

function bounded(text: string): string {
  const plain = stripVTControlCharacters(text);
  return plain.length <= maximumLength ? plain : `${plain.slice(0, maximumLength)} … (${plain.length} characters)`;
}
