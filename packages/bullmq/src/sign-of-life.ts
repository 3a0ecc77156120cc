import type { Redis } from 'ioredis';

/**
 * Keeps the key that says that somebody lives, for so many ms. A Redis that is full refuses to set it, and prolongs what is there (R3). Rejects
 * where neither was done.
 */
export async function sayAlive(client: Redis, key: string, ms: number): Promise<void> {
  const [set, kept] = (await client.pipeline().set(key, 1, 'PX', ms).pexpire(key, ms).exec()) ?? [];
  if (set?.[0] && kept?.[1] !== 1) throw set[0];
}
