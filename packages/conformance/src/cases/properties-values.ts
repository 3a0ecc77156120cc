import { NotCloneableError } from '@anypool/core';
import fc from 'fast-check';
import type { ConformanceCase } from '../case.js';
import { anyRecipe, anyRef } from '../properties/any-value.js';
import { checkProperty } from '../properties/check-property.js';
import { type Difference, difference } from '../properties/difference.js';
import { build } from '../properties/value-recipe.js';
import { reasonOf } from './rejection.js';

/** What comes back is to be the value's clone; where this Node cannot clone it, the executor refuses it (V2). */
async function comesAs(value: unknown, send: () => Promise<unknown>, path: string): Promise<Difference | undefined> {
  let expected: unknown;
  try {
    expected = structuredClone(value);
  } catch (cause) {
    const reason: unknown = await send().catch((error: unknown) => error);
    const isRefused = reason instanceof NotCloneableError;
    return isRefused ? undefined : { path, what: 'whether it is refused', actual: reason, expected: cause };
  }
  return difference(await send(), expected, path);
}

/** V1 and E5 for values of every sort that can be cloned, not only for those that somebody thought of. */
export const valuePropertyCases: readonly ConformanceCase[] = [
  {
    id: 'V1-any-value',
    rule: 'V1',
    title:
      'whatever can be cloned comes to a task and back as structuredClone() gives it, alone and among other arguments',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      await executor.warmUp();
      const examples = fc.record({ recipe: anyRecipe(), args: fc.array(anyRef, { minLength: 1, maxLength: 3 }) });
      await checkProperty(examples, 150, async ({ recipe, args }) => {
        const values = build(recipe, args);
        const [first] = values;
        return values.length === 1
          ? comesAs(first, () => executor.submit(basics.echo, first), 'args[0]')
          : comesAs(values, () => executor.submit(basics.all, ...values), 'args');
      });
    },
  },
  {
    id: 'E5-any-value',
    rule: 'E5',
    title: 'whatever is thrown and is no error arrives as structuredClone() gives it',
    async run({ create, tasks: { errors } }) {
      const executor = create({ maxWorkers: 1 });
      await executor.warmUp();
      const examples = fc.record({ recipe: anyRecipe(), thrown: anyRef });
      await checkProperty(examples, 100, async ({ recipe, thrown }) => {
        const [value] = build(recipe, [thrown]);
        // Of an error, more arrives than of its clone: E1.
        if (value instanceof Error) return undefined;
        return comesAs(value, () => reasonOf(executor.submit(errors.raiseValue, value)), 'thrown');
      });
    },
  },
];
