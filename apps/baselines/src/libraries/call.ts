import type { Transferable } from 'node:worker_threads';
import { unwrap } from './arguments.js';

/** A task on its way to a worker. */
export interface Call {
  readonly module: string;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** What every worker does with a call: imports the module and calls the function. */
export async function runCall({ module, name, args }: Call): Promise<{ value: unknown; transferList: Transferable[] }> {
  const exports: Record<string, (...args: unknown[]) => unknown> = await import(module);
  const task = exports[name];
  if (task === undefined) throw new TypeError(`${module} has no export '${name}'.`);
  return unwrap(await task(...args));
}
