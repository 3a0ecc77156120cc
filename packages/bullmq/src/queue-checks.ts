import { optionChecks } from '@anypool/core/backend';

/** Bytes that a payload may have, where nothing else is said. */
export const defaultMaxPayload: number = 16 * 2 ** 20;

/** What executors and hosts agree about. */
export const queueChecks: Readonly<
  Record<'connection' | 'queue' | 'prefix' | 'secret' | 'maxPayload', optionChecks.Check>
> = {
  connection: {
    allowed: 'a Redis URL or the options of ioredis',
    type: 'any',
    hasType: (value) => typeof value === 'string' || (typeof value === 'object' && value !== null),
    accepts: (value: unknown) => typeof value !== 'string' || /^rediss?:/.test(value),
  },
  queue: {
    allowed: 'a name without a colon',
    type: 'string',
    accepts: (value: string) => value !== '' && !value.includes(':'),
  },
  prefix: optionChecks.text,
  secret: {
    allowed: 'a string, bytes, or an array of them, none of them empty',
    type: 'any',
    hasType: (value) => typeof value === 'string' || (typeof value === 'object' && value !== null),
    accepts: isSecret,
  },
  maxPayload: optionChecks.positiveInteger,
};

function isSecret(value: unknown): boolean {
  const secrets: readonly unknown[] = Array.isArray(value) ? value : [value];
  return (
    secrets.length > 0 &&
    secrets.every((secret) => (typeof secret === 'string' || secret instanceof Uint8Array) && secret.length > 0)
  );
}
