import type { WorkerKind } from '../executor.js';

/** Options that are about the caller's own script, or that two processes cannot both have; a value may follow. */
const never =
  /^(?:-e|--eval|-p|--print|-pe|-c|--check|-i|--interactive|--input-type|--inspect.*|--watch.*|--test.*|--title|--build-.*)(?:=|$)/;
const withValue =
  /^(?:-e|--eval|-p|--print|-pe|--input-type|--title|--watch-path|--test-(?:name|skip)-pattern|--test-reporter(?:-destination)?)$/;

/** What a thread may be given by name: the rest belongs to the whole process, and naming it to a Worker throws. */
const perThread =
  /^(?:-r|--require|--import|--loader|--experimental-loader|-C|--conditions|--enable-source-maps|--no-warnings|--no-deprecation|--preserve-symlinks.*|--unhandled-rejections|--(?:no-)?experimental-(?:strip|transform)-types|--experimental-vm-modules|--trace-(?:warnings|deprecation|uncaught|exit|sync-io))(?:=|$)/;
const perThreadWithValue =
  /^(?:-r|--require|--import|--loader|--experimental-loader|-C|--conditions|--unhandled-rejections)$/;

/**
 * The caller's Node options, less what a worker cannot take (W10). `node -e` and the like would make each worker run the script, or refuse
 * its file. Undefined where the worker inherits the right ones by itself.
 */
export function inheritedExecArgv(
  kind: WorkerKind,
  caller: readonly string[] = process.execArgv,
): readonly string[] | undefined {
  if (kind === 'process') return keep(caller, (flag) => !never.test(flag), withValue);
  if (kind !== 'thread' || !caller.some((flag) => never.test(flag))) return undefined;
  return keep(caller, (flag) => perThread.test(flag), perThreadWithValue, withValue);
}

function keep(flags: readonly string[], wanted: (flag: string) => boolean, ...takesValue: RegExp[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < flags.length; i += 1) {
    const flag = flags[i] ?? '';
    const next = flags[i + 1];
    // A dropped option takes what follows along, which else would be taken for the script to run.
    const hasValue = next !== undefined && !next.startsWith('-') && !flag.includes('=');
    const value = hasValue && (!wanted(flag) || takesValue.some((pattern) => pattern.test(flag))) ? next : undefined;
    if (value !== undefined) i += 1;
    if (wanted(flag)) kept.push(flag, ...(value === undefined ? [] : [value]));
  }
  return kept;
}
