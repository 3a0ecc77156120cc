import { countOf, type LiveCase, plainWays } from './case.js';

const group = 'Values';
const sizes = [
  { id: '1kb', title: '1 kB', bytes: 1000, trips: 1000 },
  { id: '1mb', title: '1 MB', bytes: 1_000_000, trips: 60 },
  { id: '64mb', title: '64 MB', bytes: 64_000_000, trips: 2 },
] as const;

/** Bytes there and back: they are the argument, and then the result. */
export const values: readonly LiveCase[] = [...sizes.map(copied), ...sizes.map(moved)];

function copied({ id, title, bytes, trips }: (typeof sizes)[number]): LiveCase {
  return {
    id: `copied-${id}`,
    title: `${title} there and back, copied`,
    about: 'One after the other; the bytes are the argument, and the result.',
    group,
    unit: 'µs',
    better: 'less',
    every: 4,
    ways: plainWays,
    async measure(pool, conditions) {
      const value = new Uint8Array(bytes);
      const count = countOf(trips, conditions);
      const start = performance.now();
      for (let i = 0; i < count; i += 1) await pool.echo(value);
      return ((performance.now() - start) * 1000) / count;
    },
  };
}

function moved({ id, title, bytes }: (typeof sizes)[number]): LiveCase {
  return {
    id: `moved-${id}`,
    title: `${title} there and back, moved`,
    about: 'One after the other; what came back is what goes out next.',
    group,
    unit: 'µs',
    better: 'less',
    every: 4,
    ways: plainWays,
    async measure({ echoMoved }, conditions) {
      if (echoMoved === undefined) return undefined;
      let value = new Uint8Array(bytes);
      const count = countOf(500, conditions);
      const start = performance.now();
      for (let i = 0; i < count; i += 1) {
        const back = await echoMoved(value);
        if (!(back instanceof Uint8Array && back.buffer instanceof ArrayBuffer) || back.length !== bytes)
          throw new Error('The bytes did not come back.');
        value = new Uint8Array(back.buffer);
      }
      return ((performance.now() - start) * 1000) / count;
    },
  };
}
