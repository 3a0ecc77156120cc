import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** What became of a script that ran in a process of its own. */
export interface ScriptEnd {
  readonly lines: readonly string[];
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Runs one of the demo's scripts until it ends by itself; past `milliseconds` it is killed. */
export async function runScript(name: string, target: string, milliseconds: number): Promise<ScriptEnd> {
  const path = fileURLToPath(new URL(`../scripts/${name}.js`, import.meta.url));
  const child = spawn(process.execPath, [path, target], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: milliseconds,
    killSignal: 'SIGKILL',
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { lines: stdout.split('\n').filter(Boolean), stderr, exitCode: child.exitCode, signal: child.signalCode };
}
