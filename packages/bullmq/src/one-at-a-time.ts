/**
 * What begins a work, unless the last one is still under way: without Redis, ioredis keeps what is said until it is back, and once is enough.
 * What the work rejects with is nobody's.
 */
export function oneAtATime(work: () => Promise<unknown>): () => void {
  let isUnderway = false;
  const over = (): void => {
    isUnderway = false;
  };
  return () => {
    if (isUnderway) return;
    isUnderway = true;
    work().then(over, over);
  };
}
