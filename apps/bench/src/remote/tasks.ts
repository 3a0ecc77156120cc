// What worker hosts run, ours and raw ones.

/** Does nothing. */
export function noop(): void {}

/** Waits as for somebody else's answer: what more hosts can do more of, however few CPUs there are. */
export async function wait(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
