import { existsSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';

/** What a task needs to wait at a gate: plain data, so it travels to workers of every kind. */
export interface GateHandle {
  readonly port: number;
  /** Exists from the moment the gate opens, for tasks that cannot await. */
  readonly file: string;
}

/**
 * A latch that tasks wait at, whatever runs them: it orders what happens in a case, so that no case has to sleep.
 *
 * Asynchronous tasks connect over TCP. Tasks in a synchronous loop poll for a file; they cannot wait on the inline executor, where
 * they would keep the gate itself from opening.
 */
export interface Gate {
  readonly handle: GateHandle;
  /** How many tasks have come to the gate so far, those let through included. */
  readonly arrived: number;
  /** Resolves once `count` tasks have come to the gate. */
  waiting(count: number): Promise<void>;
  /** Resolves once `count` tasks are gone that were never let through: their workers ended while they waited. */
  lost(count: number): Promise<void>;
  /** Lets through all who wait and all who come later. */
  open(): void;
  /** Drops whoever still waits, and frees the port. */
  close(): Promise<void>;
}

const pollInterval = 5;

/** Makes a closed gate; `folder` is where its file will be. */
export async function createGate(folder: string): Promise<Gate> {
  const sockets = new Set<Socket>();
  const file = join(folder, 'open');
  const arrivals = `${file}.arrivals`;
  let connected = 0;
  let lost = 0;
  let isOpen = false;
  const watchers = new Set<{ readonly isDue: () => boolean; readonly resolve: () => void }>();
  let poll: NodeJS.Timeout | undefined;

  const server = createServer((socket) => {
    connected += 1;
    sockets.add(socket);
    socket.on('error', () => {}); // a worker that is killed resets its connections
    socket.on('close', () => {
      sockets.delete(socket);
      if (!isOpen) lost += 1;
      check();
    });
    socket.resume();
    if (isOpen) socket.end('open');
    check();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });

  // Synchronous tasks leave one byte each.
  const arrived = () => connected + (statSync(arrivals, { throwIfNoEntry: false })?.size ?? 0);

  function check(): void {
    for (const watcher of watchers) {
      if (!watcher.isDue()) continue;
      watchers.delete(watcher);
      watcher.resolve();
    }
    if (watchers.size === 0) {
      clearInterval(poll);
      poll = undefined;
    } else {
      poll ??= setInterval(check, pollInterval);
    }
  }

  function until(isDue: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      watchers.add({ isDue, resolve });
      check();
    });
  }

  return {
    handle: { port: portOf(server.address()), file },
    get arrived() {
      return arrived();
    },
    waiting: (count) => until(() => arrived() >= count),
    lost: (count) => until(() => lost >= count),
    open() {
      isOpen = true;
      if (!existsSync(file)) writeFileSync(file, '');
      for (const socket of sockets) socket.end('open');
    },
    close() {
      // What still awaits the gate stays pending; the case it belongs to is over.
      watchers.clear();
      clearInterval(poll);
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  if (address === null || typeof address === 'string') throw new Error('The gate has no TCP port.');
  return address.port;
}
