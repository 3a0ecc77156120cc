import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const documents = ['README.md', 'ADAPTERS.md', '{packages,apps,examples}/*/README.md', 'docs/**/*.md'];

/** Every example of a workspace: its text as a file, the path of that file, its place in the workspace, and whether it is to be run. */
export async function examplesOf(root) {
  const files = (patterns) => globSync(patterns, { cwd: root, exclude: ['**/node_modules'] }).sort();
  const inDocuments = files(documents).flatMap((document) =>
    blocksOf(readFileSync(join(root, document), 'utf8'))
      .filter(({ meta }) => !/^(?:scripts|examples)\//.test(meta))
      .map((block) => inDocument(document, block)),
  );
  const inSources = [];
  for (const source of files(['packages/*/src/**/*.ts'])) {
    for (const block of blocksOf(commentsOf(readFileSync(join(root, source), 'utf8'))))
      inSources.push(await inSource(root, source, block));
  }
  return [...inDocuments, ...inSources];
}

/** The ```ts blocks of a Markdown text; `meta` is what stands behind `ts`. */
function blocksOf(markdown) {
  return [...markdown.matchAll(/^```ts(?: (.*))?\n([\s\S]*?)^```$/gm)].map((match) => ({
    meta: match[1] ?? '',
    text: match[2],
    line: markdown.slice(0, match.index).split('\n').length,
  }));
}

// Doc comments as the Markdown that they contain, line by line where they are.
function commentsOf(source) {
  return source
    .split('\n')
    .map((line) => /^\s*\* ?(.*)$/.exec(line)?.[1] ?? '')
    .join('\n');
}

function inDocument(document, { meta, text, line }) {
  const name = /^\/\/ ([\w.-]+\.ts)\b/.exec(text)?.[1];
  const group = name === undefined ? `${document}/line-${line}` : document;
  const path = `${group.replaceAll('.md', '')}/${name ?? 'example.ts'}`;
  const isTest = name?.endsWith('.test.ts') === true;
  return { path, place: `${document}:${line}`, text: asModule(text), isRun: meta !== 'compile-only' && !isTest };
}

async function inSource(root, source, { text, line }) {
  const [, folder] = source.split('/');
  const isWhole = /^import /m.test(text);
  const own = isWhole ? '' : importOf(await exportsOf(root, folder), packageName(folder), text);
  const path = `${source.replace(/\.ts$/, '')}/line-${line}/example.ts`;
  const toRoot = '../'.repeat(path.split('/').length - 1);
  // On the first line of the example, so that the lines of messages are right.
  const imports = `${own}${importOf(surroundings(), `${toRoot}surroundings.js`, text)}`;
  return { path, place: `${source}:${line}`, text: asModule(`${imports}${text}`), isRun: false };
}

async function exportsOf(root, folder) {
  const entry = join(root, 'packages', folder, 'dist/index.js');
  if (!existsSync(entry)) throw new Error(`${entry} is not built.`);
  return Object.keys(await import(pathToFileURL(entry).href));
}

function packageName(folder) {
  return folder === 'anypool' ? folder : `@anypool/${folder}`;
}

function surroundings() {
  const text = readFileSync(new URL('surroundings.d.ts', import.meta.url), 'utf8');
  return [...text.matchAll(/^export declare (?:const|function) (\w+)/gm)].map(([, name]) => name);
}

// Of the names, those that the example uses and does not make.
function importOf(names, specifier, text) {
  const used = names.filter(
    (name) =>
      new RegExp(`(?<![.\\w])${name}\\b(?!:)`).test(text) &&
      !new RegExp(`(?:const|using|function) ${name}\\b|import [^;]*\\b${name}\\b`).test(text),
  );
  return used.length === 0 ? '' : `import { ${used.join(', ')} } from '${specifier}'; `;
}

function asModule(text) {
  return /^(?:import|export) /m.test(text) ? text : `${text}export {};\n`;
}
