import { readdirSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

export function read(path) {
  return readFileSync(path, 'utf8');
}

const made = new Set(['dist', 'node_modules', 'tsconfig.tsbuildinfo']);

/** The files in a folder that are not made by tools, with paths from there. */
export function sourceFiles(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !made.has(name))
    .flatMap((entry) =>
      entry.isDirectory()
        ? sourceFiles(`${folder}/${entry.name}`).map((path) => `${entry.name}/${path}`)
        : [entry.name],
    );
}

/** A difference in words, or none. */
export function compare(what, actual, expected) {
  return isDeepStrictEqual(actual, expected)
    ? []
    : [`${what} is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`];
}

/** The tables of a Markdown text: rows of cells, the heading first. */
export function tablesOf(markdown) {
  const tables = [];
  let rows;
  for (const line of markdown.split('\n')) {
    if (!line.startsWith('|')) {
      rows = undefined;
      continue;
    }
    const cells = line.split('|').slice(1, -1);
    if (cells.every((cell) => /^\s*:?-+:?\s*$/.test(cell))) continue;
    if (rows === undefined) {
      rows = [];
      tables.push(rows);
    }
    rows.push(cells.map((cell) => cell.trim()));
  }
  return tables;
}

/** `10.0` of `10.0.3`. */
export function minorVersion(version) {
  return version.split('.').slice(0, 2).join('.');
}
