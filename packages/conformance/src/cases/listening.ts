import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** Whoever listens hears of each message of the channel that is about this executor, in the middle of what the executor does. */
export function listening(
  channel: string,
  executor: string,
  heard: (message: { readonly id?: number }) => void,
): Disposable {
  const onMessage = (message: unknown): void => {
    if (Object(message).executor === executor) heard(Object(message));
  };
  subscribe(channel, onMessage);
  return { [Symbol.dispose]: () => void unsubscribe(channel, onMessage) };
}
