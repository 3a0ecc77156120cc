import { types } from 'node:util';
import { EngineUnreachableError } from './errors.js';

/** ms until something is tried again. */
const pause = 100;

/** What it means for a task that Redis did not take it. */
export function unreachable(cause?: unknown): EngineUnreachableError {
  const why = types.isNativeError(cause) ? reasonOf(cause) : undefined;
  const what = isFull(cause)
    ? 'Redis is full (maxmemory), and took no task.'
    : `Redis could not be reached, or refused the task${why === undefined ? '' : ` (${why})`}.`;
  const message = `${what} The task was not accepted: submit it again later.`;
  return new EngineUnreachableError(message, cause === undefined ? undefined : { cause });
}

/** What an error says. That of a name with several addresses says nothing itself, but those of the addresses do. */
function reasonOf(error: Error): string {
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  return error.message === '' && types.isNativeError(inner) ? inner.message : error.message;
}

/** Whether Redis has refused something because it is full. */
export function isFull(error: unknown): boolean {
  return types.isNativeError(error) && /(?:^| -)OOM\b/.test(error.message);
}

// Redis 5 and 6 put it behind other words where a script has met with it, as BullMQ's do.
const refusals =
  /(?:^| -)(?:LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|NOREPLICAS)\b|^ERR max number of clients/;

/** Whether a Redis that is about to be itself again has refused something. */
function isRefusedForNow(error: unknown): boolean {
  return types.isNativeError(error) && error.name === 'ReplyError' && refusals.test(error.message);
}

/** Tries again, for so many ms, what is refused for now. Rejects with the last refusal, and with whatever else goes wrong. */
export async function untilTaken<T>(limit: number, write: () => Promise<T>): Promise<T> {
  const began = performance.now();
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!isRefusedForNow(error) || performance.now() - began >= limit) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause).unref());
  }
}

/** Whether an error tells of a connection, or of a Redis that is about to be there, and not of what was asked. */
export function isPassing(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  if (error.name === 'ReplyError') return isRefusedForNow(error);
  // ioredis's own, which have no codes, and those of the socket.
  const isOfSocket = 'syscall' in error || ('code' in error && /^(ECONN|EPIPE|ETIMEDOUT)/.test(String(error.code)));
  return isOfSocket || /connection|socket|writeable|aborted/i.test(`${error.name}: ${error.message}`);
}
