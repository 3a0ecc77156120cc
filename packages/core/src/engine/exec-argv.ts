import type { WorkerKind } from '../executor.js';

/**
 * Options that are about the caller's own script, or that two processes cannot both have; a value may follow. What a file of `--env-file` has
 * is in the caller's environment already, and is no more than a default there: read again, it would come before the option `env`.
 */
const never =
  /^(?:-e|--eval|-p|--print|-pe|-c|--check|-i|--interactive|--input-type|--inspect.*|--watch.*|--test.*|--title|--build-.*|--env-file(?:-if-exists)?)(?:=|$)/;
const withValue =
  /^(?:-e|--eval|-p|--print|-pe|--input-type|--title|--env-file(?:-if-exists)?|--watch-path|--test-(?:name|skip)-pattern|--test-reporter(?:-destination)?)$/;

// What a thread may be given by name, in each version of Node that knows it: the rest belongs to the whole process, and naming it to a Worker
// throws.
const values = [
  ...['-r', '--require', '--import', '--loader', '--experimental-loader', '-C', '--conditions'],
  ...['--unhandled-rejections', '--disable-warning', '--redirect-warnings', '--diagnostic-dir', '--dns-result-order'],
  ...['--allow-fs-read', '--allow-fs-write', '--localstorage-file', '--max-http-header-size'],
];
const switches = [
  ...['permission', 'experimental-permission', 'allow-(?:addons|child-process|inspector|net|wasi|worker)', 'addons'],
  'experimental-(?:strip-types|transform-types|detect-module|require-module|wasm-modules|vm-modules|addon-modules)',
  'experimental-(?:import-meta-resolve|sqlite|webstorage|websocket|eventsource|global-navigator|async-context-frame)',
  ...['strip-types', 'require-module', 'webstorage', 'async-context-frame', 'use-env-proxy', 'enable-source-maps'],
  ...['warnings', 'deprecation', 'pending-deprecation', 'throw-deprecation', 'preserve-symlinks(?:-main)?'],
  ...['trace-(?:warnings|deprecation|uncaught|exit|sync-io|promises|tls|env)', 'frozen-intrinsics'],
  ...['insecure-http-parser', 'network-family-autoselection', 'global-search-paths', 'tls-(?:min|max)-v1\\.\\d'],
];
const perThread = new RegExp(`^(?:${values.join('|')}|--(?:no-)?(?:${switches.join('|')}))(?:=|$)`);
const perThreadWithValue = new RegExp(`^(?:${values.join('|')})$`);

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
