import { types } from 'node:util';
import { optionChecks } from '@anypool/core/backend';
import type { RedisOptions } from 'ioredis';

/** Bytes that a payload may have, where nothing else is said. */
export const defaultMaxPayload: number = 16 * 2 ** 20;

/** What executors and hosts agree about. */
export const queueChecks: Readonly<
  Record<'connection' | 'queue' | 'prefix' | 'secret' | 'maxPayload', optionChecks.Check>
> = {
  connection: {
    allowed: 'a Redis URL or the options of ioredis, with a whole number for a database if there is one',
    type: 'any',
    hasType: (value) => typeof value === 'string' || (typeof value === 'object' && value !== null),
    accepts: (value: string | RedisOptions) =>
      typeof value === 'string' ? /^rediss?:/.test(value) && hasDatabase(value) : isDatabase(value.db ?? 0),
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

// Redis would refuse any other, and ioredis 5 go on with the first database or throw where nobody can catch it.
function hasDatabase(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { pathname, searchParams } = new URL(url);
  return isDatabase(pathname.replace(/^\//, '') || '0') && isDatabase(searchParams.get('db') ?? 0);
}

function isDatabase(db: unknown): boolean {
  return /^\d+$/.test(String(db));
}

function isSecret(value: unknown): boolean {
  const secrets: readonly unknown[] = Array.isArray(value) ? value : [value];
  return (
    secrets.length > 0 &&
    secrets.every((secret) => (typeof secret === 'string' || types.isUint8Array(secret)) && secret.length > 0)
  );
}
