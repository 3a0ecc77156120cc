import { connect } from 'node:net';
import { threadId } from 'node:worker_threads';

/** The worker that a task ran in. */
export interface Place {
  readonly pid: number;
  readonly threadId: number;
}

export function place(): Place {
  return { pid: process.pid, threadId };
}

export function double(value: number): number {
  return value * 2;
}

/** Says at the gate that it is there, and returns once the gate is opened. A closed gate fails it. */
export async function waitAtGate(port: number, label: string): Promise<Place> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${JSON.stringify({ label, ...place() })}\n`);
  for await (const _opened of socket) return place();
  throw new Error('the gate was closed');
}

/** Waits at the gate, then never ends and never yields. */
export async function spinForEver(port: number): Promise<void> {
  await waitAtGate(port, 'spin');
  for (;;);
}
