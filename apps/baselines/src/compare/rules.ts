import { readFileSync } from 'node:fs';

/** A rule of SPEC.md. */
export interface Rule {
  readonly id: string;
  /** The first sentence of its text. */
  readonly text: string;
}

/** A section of rules, such as V, the values. */
export interface RuleGroup {
  readonly id: string;
  readonly title: string;
  readonly rules: readonly Rule[];
}

/** The rules of the specification, by section. */
export function readRules(file: URL = new URL('../../../../SPEC.md', import.meta.url)): RuleGroup[] {
  return rulesOf(readFileSync(file, 'utf8'));
}

/** The rules in the text of a specification. */
export function rulesOf(specification: string): RuleGroup[] {
  return specification.split(/^## /m).flatMap((section) => {
    const heading = /^([A-Z]) - (.*)\n/.exec(section);
    if (heading === null) return [];
    const [, id = '', title = ''] = heading;
    // An item goes on in the lines that are indented.
    const rules = [...section.matchAll(/^- \*\*([A-Z]\d+[a-z]?)\*\* (.*(?:\n {2}.*)*)/gm)];
    return [{ id, title, rules: rules.map(([, rule = '', text = '']) => ({ id: rule, text: firstSentence(text) })) }];
  });
}

function firstSentence(text: string): string {
  const line = text.replaceAll(/\\?\n\s*/g, ' ').replace(/ Intent: .*/, '');
  return line.replace(/^(?:\[\w+\] |\(planned\) )/, '').replace(/(?<=[\w`)}]\.) (?=[A-Z`]).*/, '');
}
