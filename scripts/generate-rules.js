// Writes packages/conformance/src/rules.ts, the rules of SPEC.md as data, for reports. With --check it only says whether that is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const specification = new URL('../SPEC.md', import.meta.url);
const generated = new URL('../packages/conformance/src/rules.ts', import.meta.url);

/** The rules of the specification's text, in its order. */
export function rulesOf(markdown) {
  const rules = [];
  for (const [, letter, group, chapter] of markdown.matchAll(/^## ([A-Z]) - (.+)\n([\s\S]*?)(?=^## |$(?![\s\S]))/gm)) {
    for (const [, id, body] of chapter.matchAll(/^- \*\*([A-Z]\d+[a-z]?)\*\* ([\s\S]*?)(?=^\S|$(?![\s\S]))/gm)) {
      if (!id.startsWith(letter)) throw new Error(`${id} stands in chapter ${letter}.`);
      rules.push(ruleOf(id, group, body));
    }
  }
  return rules;
}

function ruleOf(id, group, body) {
  // A backslash ends a paragraph; other ends of lines are where the document was wrapped.
  const paragraphs = body.split('\\\n').map((paragraph) => paragraph.replaceAll(/\s+/g, ' ').trim());
  const intent = paragraphs.pop();
  if (!intent.startsWith('Intent: ')) throw new Error(`${id} does not end with its intent.`);
  const marks = /^(\(by its adapter\) )?(?:\[(\w+)\] )?/.exec(paragraphs[0]);
  const text = [paragraphs[0].slice(marks[0].length), ...paragraphs.slice(1)].join('\n\n');
  return {
    id,
    group,
    level: /\bMUST\b/.test(text) ? 'MUST' : 'MAY',
    byAdapter: marks[1] !== undefined,
    capability: marks[2],
    title: firstSentence(text),
    text,
    intent: intent.slice('Intent: '.length),
  };
}

const longTitle = 120;

// A sentence ends where the next word is a capital letter or code; where it is a long one, with its first clause. Neither ends within code.
function firstSentence(text) {
  const sentence = /^(?:`[^`]*`|[^`])*?[.:;](?=\s+[A-Z`]|\s*$)/.exec(text)[0];
  const clause = sentence.length <= longTitle ? undefined : /^(?:`[^`]*`|[^`])*?[:;](?=\s)/.exec(sentence)?.[0];
  return (clause ?? sentence).replace(/[.:;]$/, '');
}

/** The version of the specification, which it tells itself. */
export function versionOf(markdown) {
  const version = /this is version (\d+\.\d+)/.exec(markdown)?.[1];
  if (version === undefined) throw new Error('SPEC.md does not say which version it is.');
  return version;
}

/** The text of rules.ts. */
export function moduleOf(markdown) {
  const lines = rulesOf(markdown).map((rule) => `  {\n${fieldsOf(rule)}  },\n`);
  return `// biome-ignore-all format: it is compared with what is made.
// Made of SPEC.md by scripts/generate-rules.js: edit that, and run \`pnpm run generate:rules\`.
import type { Rule } from './rule.js';

/** The version of the specification that this suite tests. */
export const specificationVersion = ${literal(versionOf(markdown))};

/** The rules of the specification, in its order. */
export const rules: readonly Rule[] = [
${lines.join('')}];
`;
}

function fieldsOf(rule) {
  return Object.entries(rule)
    .map(([key, value]) => `    ${key}: ${literal(value)},\n`)
    .join('');
}

function literal(value) {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const text = moduleOf(readFileSync(specification, 'utf8'));
  if (!argv.includes('--check')) writeFileSync(generated, text);
  else if (readFileSync(generated, 'utf8') !== text) throw new Error('rules.ts is not what SPEC.md says.');
}
