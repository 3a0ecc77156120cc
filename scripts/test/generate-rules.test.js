import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { moduleOf, rulesOf, versionOf } from '../generate-rules.js';

const markdown = readFileSync(new URL('../../SPEC.md', import.meta.url), 'utf8');

test('rules.ts is what SPEC.md says: pnpm run generate:rules', () => {
  expect(readFileSync(new URL('../../packages/conformance/src/rules.ts', import.meta.url), 'utf8')).toBe(
    moduleOf(markdown),
  );
});

test('no rule is overlooked', () => {
  const ids = [...markdown.matchAll(/^- \*\*([A-Z]\d+[a-z]?)\*\*/gm)].map(([, id]) => id);
  expect(rulesOf(markdown).map(({ id }) => id)).toEqual(ids);
});

test('a rule has its marks, its first sentence, its paragraphs and its intent', () => {
  const text = `
## Z - Last things

- **Z1** (by its adapter) It MAY be so: if
  \`this\`. More, 0.1 of it.\\
  A second paragraph.\\
  Intent: why.
- **Z2a** [stream] It MUST.\\
  Intent: because.

## Others
`;
  expect(rulesOf(text)).toEqual([
    {
      id: 'Z1',
      group: 'Last things',
      level: 'MAY',
      byAdapter: true,
      capability: undefined,
      title: 'It MAY be so: if `this`',
      text: 'It MAY be so: if `this`. More, 0.1 of it.\n\nA second paragraph.',
      intent: 'why.',
    },
    expect.objectContaining({ id: 'Z2a', level: 'MUST', byAdapter: false, capability: 'stream', title: 'It MUST' }),
  ]);
  expect(() => rulesOf('## Z - Last\n\n- **Y1** It MUST.\\\n  Intent: why.\n')).toThrow(/Y1 stands in chapter Z/);
  expect(() => versionOf('')).toThrow(/which version/);
});
