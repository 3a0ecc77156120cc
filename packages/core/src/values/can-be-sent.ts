import { toBytes } from './bytes.js';
import type { Carrier } from './carrier.js';

/** Whether a value can be sent, by trying: for one that was looked through, and was another when it was sent. */
export function canBeSent(value: unknown, { via }: Pick<Carrier, 'via'>): boolean {
  try {
    if (via === 'bytes') toBytes(value);
    else structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
