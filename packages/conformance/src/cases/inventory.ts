/**
 * Text for scripts: `inventory()` says what the process has of listeners, subscribers, handles, timers, threads, files and children.
 * `await unchanged(before)` waits a little for what takes a turn or two to close, and gives the differences that are left.
 */
export const inventoryText = `
  import { createHook } from 'node:async_hooks';
  import { channel } from 'node:diagnostics_channel';
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
  // Timers that do not keep the process alive are shown nowhere else.
  const timers = new Set();
  createHook({
    init: (id, type) => void (type === 'Timeout' && timers.add(id)),
    destroy: (id) => void timers.delete(id),
  }).enable();
  // Channels cannot be listed, but those that have subscribers share a prototype.
  let subscribers = 0;
  const active = channel('anypool:conformance:inventory');
  active.subscribe(() => {});
  const channels = Object.getPrototypeOf(active);
  const { subscribe, unsubscribe } = channels;
  channels.subscribe = function (subscriber) {
    subscribers += 1;
    return subscribe.call(this, subscriber);
  };
  channels.unsubscribe = function (subscriber) {
    const isGone = unsubscribe.call(this, subscriber);
    if (isGone) subscribers -= 1;
    return isGone;
  };
  // Node's own pool of threads starts with the first such call, and stays.
  await readFile(new URL(import.meta.url));
  // Node 24 reads certificates in a thread that ends by itself, where an adapter's library has imported \`node:tls\`.
  const passing = ['threads', 'files'];
  process.stdout.listenerCount('x'), process.stderr.listenerCount('x');
  function inventory() {
    return {
      // Requests end by themselves; handles stay.
      handles: process.getActiveResourcesInfo().filter((name) => !name.endsWith('Req')).sort().join(),
      timers: timers.size,
      listeners: listenersOf(process),
      subscribers,
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
      const isLeft = (key) => (passing.includes(key) ? now[key] > before[key] : now[key] !== before[key]);
      differences = Object.keys(now).filter(isLeft).map((key) => key + ': ' + before[key] + ' -> ' + now[key]);
      if (differences.length === 0) break;
      await new Promise((resolve) => setTimeout(() => setImmediate(resolve), 10)); // by then this timer itself is gone
    }
    return differences.length === 0 ? 'nothing is left' : differences.join('\\n');
  }
`;
