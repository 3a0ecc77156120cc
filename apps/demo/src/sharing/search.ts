import { type Executor, type Future, runInExecutor, tasksFrom } from 'anypool';
import type { Place } from '../tasks/probes.js';

const probes = tasksFrom<typeof import('../tasks/probes.js')>(new URL('../tasks/probes.js', import.meta.url));

/** Quick work of another part of the program, which knows nothing of the first; null is the default executor. */
export function search(executor: Executor | null = null): Future<Place> {
  return runInExecutor(executor, probes.place);
}

/** As {@link search}, but each task waits at the gate. */
export function searchSlowly(port: number, count: number): readonly Future<Place>[] {
  return Array.from({ length: count }, (_, index) => runInExecutor(null, probes.waitAtGate, port, `search ${index}`));
}
