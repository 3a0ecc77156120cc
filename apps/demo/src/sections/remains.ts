import { inspect } from 'node:util';
import type { Section } from './section.js';

/** What is left in this process when all executors are shut down. */
export function remains(strayRejections: readonly unknown[]): Section {
  return {
    title: '5. Afterwards',
    checks: [
      {
        id: '5.1',
        title: 'no worker thread is left, and no rejection without an owner',
        expected: { threads: 0, strayRejections: [] },
        run: async ({ workers }) => ({
          facts: { threads: workers.threads(), strayRejections: strayRejections.map((reason) => inspect(reason)) },
        }),
      },
    ],
  };
}
