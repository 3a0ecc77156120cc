// Tasks that send more than a pipe holds, and exit.
import { taskContext } from '@anypool/core/task';

export function computeAndExit(value: number): string {
  if (value === 50) process.exit(4);
  return `${value} `.padEnd(20_000, 'x');
}

export function reportAndExit(count: number): void {
  for (let i = 0; i < count; i += 1) taskContext().report(`${i} `.padEnd(100, 'x'));
  process.exit(4);
}

export function* makeAndExit(count: number): Generator<string> {
  for (let i = 0; i < count; i += 1) yield `${i} `.padEnd(i === 0 ? 1_000_000 : 100, 'x');
  process.exit(4);
}
