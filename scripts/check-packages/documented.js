import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A block of code whose first line says, after the language, from which file it is: ```js scripts/consumer/app/vite.config.js */
const quotation = /^```\w+ ((?:scripts|examples)\/\S+)\n([\s\S]*?)^```$/gm;

/**
 * Checks that what a document quotes is in the files that are checked: in one piece, or for a package.json of the package checks each line as a command.
 *
 * @param {string} root
 * @param {string} document
 * @returns {string} how much there was
 */
export function checkQuotations(root, document) {
  const quoted = [...readFileSync(join(root, document), 'utf8').matchAll(quotation)];
  if (quoted.length === 0) throw new Error('it quotes nothing');
  for (const [, file = '', text = ''] of quoted) {
    const content = readFileSync(join(root, file), 'utf8');
    const commands = text
      .replaceAll(/\\\n\s*/g, '')
      .trim()
      .split('\n');
    const isCommands = file.startsWith('scripts/') && file.endsWith('package.json');
    const pieces = isCommands ? commands.map((command) => JSON.stringify(command)) : [text];
    for (const piece of pieces) if (!content.includes(piece)) throw new Error(`this is not in ${file}:\n${piece}`);
  }
  return `${quoted.length} quotations`;
}

/**
 * Checks that each entry of each package is imported by a file in which types are checked.
 *
 * @param {readonly import('./packages.js').Package[]} packages
 * @param {readonly string[]} files
 */
export function checkEntries(packages, files) {
  const imported = files.map((file) => readFileSync(file, 'utf8')).join('\n');
  const missing = packages.flatMap(({ entries }) => entries).filter((entry) => !imported.includes(`'${entry}'`));
  if (missing.length > 0)
    throw new Error(`scripts/consumer/app/typed/exports.ts does not import ${missing.join(', ')}`);
}
