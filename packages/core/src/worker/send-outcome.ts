import type { ChunkResults, Outcome } from '../backend-types.js';
import { readResults } from '../engine/chunk-results.js';
import { NotCloneableError } from '../errors.js';
import { canBeSent } from '../values/can-be-sent.js';
import { type Carrier, plainest } from '../values/carrier.js';
import { type Encoded, encodeError, sendError } from '../values/error-codec.js';

/**
 * Sends an outcome; where it cannot be written after all, since a value may change while it is looked at, what of it can be: the error
 * without its data, or that the result cannot travel. `isChunk`: its value is a chunk's results, of which the ones before are kept.
 */
export function sendOutcome<T>(outcome: Outcome, send: (outcome: Outcome) => T, carrier: Carrier, isChunk: boolean): T {
  try {
    return send(outcome);
  } catch (cause) {
    if ('error' in outcome) return sendError(outcome.error, (error) => send({ ...outcome, error }));
    const { id, sent } = outcome;
    if (!isChunk || !('value' in outcome)) return sendError(unsendable(cause), (error) => send({ id, sent, error }));
    const { values, patches, failure, ...rest } = readResults(outcome.value);
    const sendChunk = (results: ChunkResults): T => send({ id, sent, value: { ...rest, ...results } });
    const bad = values.findIndex((value) => !canBeSent(value, carrier));
    const isFailure = bad === -1 && failure !== undefined;
    const good = isFailure ? values.length : Math.max(bad, 0);
    const kept = {
      values: values.slice(0, good),
      ...(patches && { patches: patches.filter(([place]) => place < good) }),
    };
    return sendError(isFailure ? failure : unsendable(cause), (error) => sendChunk({ ...kept, failure: error }));
  }
}

function unsendable(cause: unknown): Encoded {
  const message = 'The task returned what cannot be sent back: result cannot be serialized.';
  return encodeError(new NotCloneableError(message, { path: 'result', side: 'result', cause }), plainest);
}
