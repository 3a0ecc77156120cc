import { expect, test } from 'vitest';
import { compareDocument, withSection } from '../dist/compare/documents.js';
import { drawMarkdown, drawText } from '../dist/compare/draw.js';
import type { CaseEnd, Status, TargetReport } from '../dist/compare/results.js';
import { readRules, rulesOf } from '../dist/compare/rules.js';
import { groupTable, ruleTable } from '../dist/compare/table.js';

const specification = `# Specification

## Words

- **Task**: no rule.

## A - Apples

- **A1** An apple MUST be \`round()\`, and it
  MUST fall. It may be red.\\
  Intent: gravity.
- **A1a** [ripe] An apple MUST be sweet.\\
  Intent: taste.

| a | table |

## B - Pears

- **B1** (planned) A pear MUST be green.
`;

function report(target: string, statuses: Record<string, Status[]>): TargetReport {
  const results = Object.entries(statuses).flatMap(([rule, ends]) =>
    ends.map((status, i): CaseEnd => ({ id: `${rule}-${i}`, rule, title: '', status, ms: 1 })),
  );
  const library = { name: 'pool', version: '1.2.3' };
  return { target, library, node: 'v24.1.0', date: '2026-02-03T04:05:06Z', timeScale: 0.25, results };
}

const reports = [
  report('raw/pool:thread', {
    A1: ['passed', 'failed', 'hang', 'crash'],
    A1a: ['not offered'],
    B1: ['passed', 'skipped'],
  }),
  report('anypool/pool:thread', { A1: ['passed', 'passed', 'passed', 'passed'], A1a: ['passed'], B1: ['skipped'] }),
];
const groups = rulesOf(specification);

test('rules are read with their first sentence', () => {
  expect(groups).toEqual([
    {
      id: 'A',
      title: 'Apples',
      rules: [
        { id: 'A1', text: 'An apple MUST be `round()`, and it MUST fall.' },
        { id: 'A1a', text: 'An apple MUST be sweet.' },
      ],
    },
    { id: 'B', title: 'Pears', rules: [{ id: 'B1', text: 'A pear MUST be green.' }] },
  ]);
});

test('every rule of SPEC.md is read as one line', () => {
  const rules = readRules().flatMap((group) => group.rules);
  expect(rules.length).toBeGreaterThan(80);
  for (const { text } of rules) expect(text).toMatch(/^[^\n]*[.:]$/);
});

test('the table in a terminal', () => {
  expect(drawText(ruleTable(groups, reports))).toBe(`\
                                                    raw  anypool
                                                   pool     pool
                                                 thread   thread
A Apples                                            1/5      5/5
  A1 An apple MUST be round(), and it MUST f  1/4 1h 1c      4/4
  A1a An apple MUST be sweet.                     0/1 n      1/1

B Pears                                             1/1
  B1 A pear MUST be green.                          1/1

rules kept wholly                                     1        2
rules broken                                          1        0
rules not offered                                     1        0
cases passed                                          2        5
cases failed                                          1        0
hangs                                                 1        0
crashes of the caller                                 1        0
executors that could not be ended                     0        0
cases not offered                                     1        0
cases skipped                                         1        1
`);
});

test('the table in Markdown', () => {
  const { head, rows } = groupTable(groups, reports);
  expect(drawMarkdown({ head, rows: rows.slice(0, 3) })).toBe(`\
|                   | raw pool thread | anypool pool thread |
| ----------------- | --------------: | ------------------: |
| A Apples          |             1/5 |                 5/5 |
| B Pears           |             1/1 |                   - |
| rules kept wholly |               1 |                   2 |
`);
});

test('a README keeps what is around the markers, and being written twice', () => {
  const readme = 'before\n<!-- compare:begin -->\nold\n<!-- compare:end -->\nafter\n';
  const written = withSection(readme, groups, reports);
  expect(written).toMatch(
    /^before\n<!-- compare:begin -->\n\npool 1\.2\.3; Node 24\.1\.0, 2026-02-03\. .*\n\n\|[\s\S]*\|\n\n<!-- compare:end -->\nafter\n$/,
  );
  expect(withSection(written, groups, reports)).toBe(written);
  expect(() => withSection('none', groups, reports)).toThrow(RangeError);
});

test('the document has a table for each section', () => {
  const text = compareDocument(groups, reports);
  expect(text.match(/^## .*$/gm)).toEqual(['## A - Apples', '## B - Pears']);
  expect(text).toContain('| **A1a** An apple MUST be sweet.');
});

test('what was run once more with its whole time is said of all libraries, of some, or not at all', () => {
  const [raw, adapter] = reports;
  if (raw === undefined || adapter === undefined) throw new Error('There are no reports.');
  const said = (...confirmed: boolean[]): string | undefined => {
    const raws = confirmed.map((isConfirmed, i) => ({ ...raw, target: `raw/pool-${i}:thread`, isConfirmed }));
    const text = compareDocument(groups, [...raws, { ...adapter, timeScale: 1 }]);
    return /adapters 1 times\.(.*)$/m.exec(text)?.[1];
  };
  expect(said(false, false)).toBe('');
  expect(said(true, false)).toBe(' Of some libraries, what hung in less than 20 s was run once more, with 20.');
  expect(said(true, true)).toBe(' What hung in less than 20 s was run once more, with 20.');
});
