import { readFileSync } from 'node:fs';

const pollInterval = 10;

/** Whether there is a process of that id. One of this process's own children is there until this process has heard of its end. */
export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves once this process has heard of the end of its child. */
export function childEnd(pid: number): Promise<void> {
  return until(() => !isThere(pid));
}

/** Kills a child of this process, and resolves once this process has heard of its end. */
export function killChild(pid: number, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  process.kill(pid, signal);
  return childEnd(pid);
}

/** Resolves once a process that has lost its parent has ended. */
export function orphanEnd(pid: number): Promise<void> {
  return until(() => !isThere(pid) || isZombie(pid));
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

function until(isDue: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    // Not ref'd: what never ends is a hung case, and its cap holds the process.
    const poll = setInterval(check, pollInterval).unref();
    check();
    function check(): void {
      if (!isDue()) return;
      clearInterval(poll);
      resolve();
    }
  });
}
