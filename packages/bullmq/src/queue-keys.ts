/** How many events BullMQ keeps in a queue's stream, about: those who are further behind ask for what they missed. */
export const eventsKept = 10_000;

/** The event that brings a control message to the hosts. */
export const controlEvent = 'control';

/** The queue of that event; no job is ever in it. */
export function controlQueue(queue: string): string {
  return `${queue}.control`;
}

/** The key that exists as long as a caller lives. */
export function callerKey(prefix: string, queue: string, caller: string): string {
  return `${prefix}:${queue}:caller:${caller}`;
}
