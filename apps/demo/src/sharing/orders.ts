import { type Future, run, tasksFrom } from 'anypool';
import type { Place } from '../tasks/probes.js';

const probes = tasksFrom<typeof import('../tasks/probes.js')>(new URL('../tasks/probes.js', import.meta.url));

/** Slow work of one part of a program, which uses the default executor: each task waits at the gate. */
export function exportOrders(port: number, count: number): readonly Future<Place>[] {
  return Array.from({ length: count }, (_, index) => run(probes.waitAtGate, port, `order ${index}`));
}

/** The worker of the default executor that a task runs in just now. */
export function whereOrdersRun(): Future<Place> {
  return run(probes.place);
}
