import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Place } from '../tasks/probes.js';

/** A task that waits, or waited, at the gate. */
export interface Arrival extends Place {
  readonly label: string;
}

/**
 * A latch that tasks of every kind of worker can wait at: it is a socket, so it works across threads and processes, and it says
 * for certain that a task runs. Checks order events by it, never by time.
 */
export interface Gate extends AsyncDisposable {
  /** What tasks are given to find it. */
  readonly port: number;
  /** All that arrived so far. */
  readonly arrivals: readonly Arrival[];
  /** Resolves when so many tasks have arrived, with all of them. */
  arrived(count: number): Promise<readonly Arrival[]>;
  /** Lets everyone pass, those who wait and those who come later. */
  open(): void;
}

/** Makes a closed gate. Disposing of it fails the tasks that still wait. */
export async function makeGate(): Promise<Gate> {
  const arrivals: Arrival[] = [];
  const sockets = new Set<Socket>();
  let isOpen = false;
  const announce: (() => void)[] = [];

  const server = createServer((socket) => {
    let text = '';
    sockets.add(socket);
    socket.setEncoding('utf8');
    // A worker that is killed resets its connection.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      text += chunk;
      if (!text.endsWith('\n')) return;
      arrivals.push(JSON.parse(text));
      if (isOpen) socket.write('open');
      for (const tell of announce.splice(0)) tell();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the gate has no port');

  return {
    port: address.port,
    arrivals,
    async arrived(count) {
      while (arrivals.length < count) await new Promise<void>((resolve) => announce.push(resolve));
      return [...arrivals];
    },
    open() {
      isOpen = true;
      for (const socket of sockets) socket.write('open');
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
