import { type AnyTask, CancelledError, type Future, type FutureState } from '@anypool/core';
import { notOffered } from './not-offered.js';

/** A promise with an id, a state and a `cancel()`. It rejects at once when cancelled; what the library does about it is in `start`. */
export function futureOf(
  id: number,
  task: AnyTask,
  source: AbortSignal | undefined,
  start: (signal: AbortSignal) => PromiseLike<unknown>,
  settled: () => void,
  // biome-ignore lint/suspicious/noExplicitAny: the result's type is that of the task.
): { readonly future: Future<any>; started(): void } {
  const controller = new AbortController();
  const { signal } = controller;
  let state: FutureState = 'queued';

  const promise = new Promise<unknown>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
    if (source?.aborted) return;
    const result = (async () => start(signal))();
    result.then(settle('fulfilled', resolve), settle('rejected', reject));
  });

  function started(): void {
    if (state === 'queued') state = 'running';
  }

  function settle(to: FutureState, end: (value: unknown) => void): (value: unknown) => void {
    return (value) => {
      leave(to);
      end(value);
    };
  }

  function leave(to: FutureState): void {
    if (!isOpen()) return;
    state = to;
    source?.removeEventListener('abort', follow);
    settled();
  }

  function isOpen(): boolean {
    return state === 'queued' || state === 'running';
  }

  function cancel(reason?: unknown): boolean {
    if (!isOpen()) return false;
    leave('cancelled');
    promise.catch(() => {}); // whoever cancels need not be told
    controller.abort(reason === undefined ? new CancelledError() : reason);
    return true;
  }

  function follow(): void {
    cancel(source?.reason);
  }

  source?.addEventListener('abort', follow);
  if (source?.aborted) follow();

  const onProgress = () => notOffered('progress');
  const future = Object.defineProperty(Object.assign(promise, { id, task, cancel, onProgress, state }), 'state', {
    get: () => state,
  });
  return { future, started };
}
