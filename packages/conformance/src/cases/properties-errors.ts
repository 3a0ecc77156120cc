import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ConformanceCase } from '../case.js';
import { anyErrorTree } from '../properties/any-error.js';
import { checkProperty } from '../properties/check-property.js';
import { classOf, classToBe, describeError } from '../properties/describe-error.js';
import { difference } from '../properties/difference.js';
import { buildError, RegisteredError } from '../properties/error-tree.js';
import { errorOf } from './outcomes.js';

/** E1 to E3 for errors of every sort, not only for those that somebody thought of. */
export const errorPropertyCases: readonly ConformanceCase[] = [
  {
    id: 'E1-any-error-tree',
    rule: 'E1',
    title: 'whatever hangs on an error arrives with it: names, codes, properties, causes and errors, in circles too',
    async run({ create, tasks: { errors } }) {
      const executor = create({ maxWorkers: 1, errors: [RegisteredError] });
      await executor.warmUp();
      const examples = fc.record({ tree: anyErrorTree, later: fc.boolean() });
      await checkProperty(examples, 100, async ({ tree, later }) => {
        const task = later ? errors.raiseTreeLater : errors.raiseTree;
        const error = await errorOf(executor.submit(task, tree));
        assert.ok(typeof error.stack === 'string', 'no stack');
        // Data arrives as its clone.
        const expected = structuredClone(describeError(buildError(tree), classToBe));
        return difference(describeError(error, classOf), expected, 'caught');
      });
    },
  },
];
