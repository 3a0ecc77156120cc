import { ExecutorError } from '@anypool/core';

/**
 * Redis cannot be reached, or refuses what is asked of it: the task was not accepted or, where it has run, its result or, of a stream, an item
 * could not be sent. The client's error is the `cause`.
 */
export class EngineUnreachableError extends ExecutorError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('ERR_ENGINE_UNREACHABLE', message, options);
  }
}

/** The arguments or the result of a task are larger than `maxPayload`. With `side: 'argument'` the task was not accepted. */
export class PayloadTooLargeError extends ExecutorError {
  /** Bytes that it has. */
  readonly size: number;
  /** Bytes that it may have. */
  readonly maxPayload: number;
  readonly side: 'argument' | 'result';

  constructor(message: string, details: { size: number; maxPayload: number; side: 'argument' | 'result' }) {
    super('ERR_PAYLOAD_TOO_LARGE', message);
    this.size = details.size;
    this.maxPayload = details.maxPayload;
    this.side = details.side;
  }
}

// Names that minifiers leave alone.
for (const [name, type] of Object.entries({ EngineUnreachableError, PayloadTooLargeError }))
  Object.defineProperty(type.prototype, 'name', { value: name, configurable: true, writable: true });
