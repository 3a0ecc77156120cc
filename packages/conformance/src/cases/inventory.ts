/**
 * Text for scripts: `await inventory()` says what the process has of listeners, handles, threads, files and children, as JSON.
 * `await unchanged(before)` waits a little for what takes a turn or two to close, and gives the differences that are left.
 */
export const inventoryText = `
  import { readdirSync, readFileSync } from 'node:fs';
  import { readFile } from 'node:fs/promises';
  const isLinux = process.platform === 'linux';
  const listenersOf = (emitter) => emitter.eventNames().map((name) => String(name) + ' ' + emitter.listenerCount(name)).sort().join();
  const parentOf = (pid) => {
    try {
      const status = readFileSync('/proc/' + pid + '/stat', 'utf8');
      return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
    } catch {
      return 0;
    }
  };
  // Node's own pool of threads starts with the first such call, and stays.
  await readFile(new URL(import.meta.url));
  process.stdout.listenerCount('x'), process.stderr.listenerCount('x');
  function inventory() {
    return {
      // Requests end by themselves; handles stay.
      handles: process.getActiveResourcesInfo().filter((name) => !name.endsWith('Req')).sort().join(),
      listeners: listenersOf(process),
      stdout: listenersOf(process.stdout) + ' ' + process.stdout.getMaxListeners(),
      stderr: listenersOf(process.stderr) + ' ' + process.stderr.getMaxListeners(),
      globals: Object.getOwnPropertyNames(globalThis).join(),
      threads: isLinux ? readdirSync('/proc/self/task').length : 0,
      files: isLinux ? readdirSync('/proc/self/fd').length : 0,
      children: isLinux ? readdirSync('/proc').filter((name) => /^\\d+$/.test(name) && parentOf(name) === process.pid).length : 0,
    };
  }
  async function unchanged(before) {
    let differences;
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const now = inventory();
      differences = Object.keys(now).filter((key) => now[key] !== before[key]).map((key) => key + ': ' + before[key] + ' -> ' + now[key]);
      if (differences.length === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return differences.length === 0 ? 'nothing is left' : differences.join('\\n');
  }
`;
