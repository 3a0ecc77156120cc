import { readFileSync } from 'node:fs';

const pollInterval = 10;

/** Whether a process of that id is there and not merely waiting to be reaped. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !isZombie(pid);
}

// An orphan is reaped by whatever runs as process 1, which in a container may never do it.
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return /^[ZX]/.test(status.slice(status.lastIndexOf(')') + 2));
  } catch {
    return true;
  }
}

/** Resolves once the process is gone. */
export function processEnd(pid: number): Promise<void> {
  return new Promise((resolve) => {
    const poll = setInterval(check, pollInterval);
    check();
    function check(): void {
      if (isAlive(pid)) return;
      clearInterval(poll);
      resolve();
    }
  });
}

/** Kills the process and resolves once it is gone. */
export function killProcess(pid: number, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  process.kill(pid, signal);
  return processEnd(pid);
}
