/** Resolves once a counter in shared memory moves: what counts there runs. */
export async function moving(counter: Int32Array): Promise<void> {
  const before = Atomics.load(counter, 0);
  while (Atomics.load(counter, 0) === before) await new Promise((resolve) => setTimeout(resolve, 1));
}
