import { createHmac, timingSafeEqual } from 'node:crypto';
import type { QueueOptions } from './options.js';

/** Signs what goes through Redis, and checks what comes from there. */
export class Signer {
  readonly #secrets: readonly (string | Uint8Array)[];

  constructor(secret: QueueOptions['secret']) {
    this.#secrets = secret === undefined ? [] : isList(secret) ? secret : [secret];
  }

  /** The signature of these texts, in this order; undefined where nothing is signed. */
  sign(...texts: readonly string[]): string | undefined {
    const [secret] = this.#secrets;
    return secret === undefined ? undefined : digest(secret, texts).toString('base64url');
  }

  /** Whether the signature is one of these texts; where nothing is signed, any is. */
  accepts(signature: unknown, ...texts: readonly string[]): boolean {
    if (this.#secrets.length === 0) return true;
    if (typeof signature !== 'string') return false;
    const given = Buffer.from(signature, 'base64url');
    return this.#secrets.some((secret) => {
      const own = digest(secret, texts);
      return own.length === given.length && timingSafeEqual(own, given);
    });
  }
}

function isList(secret: NonNullable<QueueOptions['secret']>): secret is readonly (string | Uint8Array)[] {
  return Array.isArray(secret);
}

// As JSON, so that no two lists of texts look the same.
function digest(secret: string | Uint8Array, texts: readonly string[]): Buffer {
  return createHmac('sha256', secret).update(JSON.stringify(texts)).digest();
}
