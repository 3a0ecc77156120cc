import { inspect } from 'node:util';

// Shown by their own lines, or of no use to a reader: where tasks and modules lie differs from machine to machine.
const hidden = new Set(['name', 'message', 'stack', 'cause', 'errors', 'task', 'module', 'stderr', 'workerId']);

/** What a caller caught, as it would tell a colleague: class, message, data, and below it the causes. */
export function describeCaught(thrown: unknown): string {
  return lines(thrown, '').join('\n');
}

function lines(thrown: unknown, indent: string): string[] {
  if (!(thrown instanceof Error)) return [`${indent}${inspect(thrown)} (no Error: ${typeof thrown})`];
  const own = Object.entries(thrown).filter(([key, value]) => !hidden.has(key) && value !== undefined);
  const data = own.length > 0 ? [inspect(Object.fromEntries(own), { breakLength: Number.POSITIVE_INFINITY })] : [];
  const deeper = `${indent}  `;
  return [
    `${indent}${thrown.name}: ${firstLine(thrown.message)}`,
    ...data.map((line) => `${deeper}${line}`),
    ...(thrown.cause === undefined ? [] : labelled('cause', lines(thrown.cause, deeper))),
    ...(thrown instanceof AggregateError
      ? thrown.errors.flatMap((error) => labelled('one', lines(error, deeper)))
      : []),
  ];
}

function labelled(label: string, [first = '', ...rest]: string[]): string[] {
  const text = first.trimStart();
  return [`${first.slice(0, first.length - text.length)}${label}: ${text}`, ...rest];
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? '';
}

/** The file that an error's first stack frame lies in, without its folder. */
export function fileOfStack(thrown: unknown): string {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  return /^\s*at .*?([^/\\(\s]+):\d+:\d+\)?$/m.exec(stack)?.[1] ?? 'none';
}
