import { spawn } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ScriptOptions } from './case.js';

/** How a script ended, and what it printed. */
export interface ScriptResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly pid: number;
}

/** What a script is run with besides its text. */
export interface ScriptTarget {
  readonly kind: string;
  /** The adapter's module URL. */
  readonly adapter: string;
  /** Where the script's file is written. */
  readonly folder: string;
}

/** A script under way. */
export interface RunningScript {
  readonly result: Promise<ScriptResult>;
  /** Kills the script and whatever it started that is still there. */
  kill(): void;
}

/** Where it is told that a script begins or is over, for those who have to end it if this process dies. */
export const scriptChannel = 'anypool:conformance:script';

/** A message of {@link scriptChannel}. */
export interface ScriptNews {
  readonly pid: number;
  readonly isRunning: boolean;
}

/** Starts an ES module text as a process of its own. Its names are those of {@link prelude}. */
export function startScript(body: string, target: ScriptTarget, options: ScriptOptions = {}): RunningScript {
  const file = join(target.folder, 'script.mjs');
  writeFileSync(file, `${prelude(target)}\n${body}\n`);
  const command = [process.execPath, ...(options.execArgv ?? []), file];
  const { fileDescriptors } = options;
  if (fileDescriptors !== undefined) command.unshift('sh', '-c', `ulimit -n ${fileDescriptors} && exec "$0" "$@"`);
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: target.folder,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that no grandchild outlives the case even where the script itself was killed.
    detached: process.platform !== 'win32',
  });

  const result = new Promise<ScriptResult>((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('spawn', () => options.onStart?.(pidOf(child.pid)));
    if (child.pid !== undefined) tell({ pid: child.pid, isRunning: true });
    child.on('close', (exitCode, signal) => {
      tell({ pid: pidOf(child.pid), isRunning: false });
      resolve({ stdout, stderr, exitCode, signal, pid: pidOf(child.pid) });
    });
  });
  const { onLine } = options;
  if (onLine !== undefined) createInterface({ input: child.stdout }).on('line', onLine);

  return {
    result,
    kill() {
      if (child.pid === undefined) return;
      try {
        if (process.platform === 'win32') child.kill('SIGKILL');
        else process.kill(-child.pid, 'SIGKILL');
      } catch {
        // nothing of it is left
      }
    },
  };
}

/**
 * What a script finds defined: `core` (all of '@anypool/core'), `kind`, `createExecutor(options)` for the kind under test,
 * `tasks` (the fixture tasks) and `fixture(name)`, the URL of a fixture module.
 */
function prelude({ adapter, kind }: ScriptTarget): string {
  const fixtures = new URL('./fixtures/', import.meta.url).href;
  // The script lies in a temporary folder, from where no package can be found: every import is by URL.
  return `
    import * as core from ${JSON.stringify(import.meta.resolve('@anypool/core'))};
    import * as adapter from ${JSON.stringify(adapter)};
    import { fixtureTasks as tasks } from ${JSON.stringify(new URL('index.js', fixtures).href)};
    const kind = ${JSON.stringify(kind)};
    const createExecutor = (options) =>
      kind === 'inline'
        ? core.inlineExecutor({ starvationThreshold: Infinity, ...options })
        : adapter.createExecutor({ ...(kind !== 'remote' && { kind }), starvationThreshold: Infinity, ...options });
    const fixture = (name) => new URL(name + '.js', ${JSON.stringify(fixtures)}).href;
  `.replaceAll(/^ {4}/gm, '');
}

function tell(news: ScriptNews): void {
  channel(scriptChannel).publish(news);
}

function pidOf(pid: number | undefined): number {
  if (pid === undefined) throw new Error('The script did not start.');
  return pid;
}
