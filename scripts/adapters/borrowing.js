import { join } from 'node:path';
import { read, sourceFiles } from './workspace.js';

/** The heading under which a README tells of it. */
export const borrowingHeading = '## Over a pool of your own';

/**
 * The one thing that an adapter may have and another not: `from<Library>(pool)`, an executor over a pool of the library's that the user
 * owns. It has files of its own, a test, and a place in the README.
 */
export function borrowing({ module, name }) {
  const type = typeName(name);
  return `from${type}` in module
    ? { exports: [`from${type}`], types: [`From${type}Options`, `${type}Instance`], headings: [borrowingHeading] }
    : { exports: [], types: [], headings: [] };
}

/** What is missing where an adapter has it. */
export function borrowingDifferences(adapter) {
  const { folder, name } = adapter;
  const [exported] = borrowing(adapter).exports;
  const files = sourceFiles(folder);
  if (exported === undefined) {
    return files
      .filter((file) => isBorrowingFile(file, name))
      .map((file) => `${file} is there, and index.ts does not export from${typeName(name)}`);
  }
  const needed = [`src/from-${name}.ts`, `test/from-${name}.test.ts`, `test/types/from-${name}.types.ts`];
  const [, text = ''] = read(join(folder, 'README.md')).split(`${borrowingHeading}\n`);
  return [
    ...needed
      .filter((file) => !files.includes(file))
      .map((file) => `${file} is absent, and index.ts exports ${exported}`),
    ...(text.includes(`${exported}(`) ? [] : [`README.md: '${borrowingHeading}' does not show ${exported}()`]),
  ];
}

/** Whether a file belongs to it. */
export function isBorrowingFile(file, name) {
  return new RegExp(`^(?:src|test|test/types)/from-${name}(?:[.-]|$)`).test(file);
}

/** `ThreadPool` of `thread-pool`. */
export function typeName(name) {
  return name.replace(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase());
}
