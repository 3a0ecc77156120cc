import type { Future, FutureState } from '@anypool/core';

/** What a promise rejected with, undefined included. Throws if it fulfilled. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`expected a rejection, and got the result ${JSON.stringify(value)}`);
}

/** A field of an error that may be anything, for facts. */
export function fieldOf(error: unknown, name: string): string | number {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  return typeof value === 'string' || typeof value === 'number' ? value : 'none';
}

/** How many of the futures are in which state, such as `2 running, 6 queued`. */
export function statesOf(futures: readonly Future<unknown>[]): string {
  const order: readonly FutureState[] = ['running', 'queued', 'fulfilled', 'rejected', 'cancelled'];
  return order
    .map((state) => ({ state, count: futures.filter((future) => future.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${count} ${state}`)
    .join(', ');
}
