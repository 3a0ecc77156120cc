import assert from 'node:assert/strict';
import {
  type CaseReport,
  type ConformanceReport,
  htmlReport,
  isFailure,
  jsonReport,
  markdownReport,
  markdownSummary,
  rules,
  terminalSummary,
} from '@anypool/conformance';
import { describe, test } from 'vitest';

function result(id: string, given: Partial<CaseReport> = {}): CaseReport {
  const [rule = ''] = id.split('-');
  return { id, rule, title: `what ${id} says`, kind: 'thread', status: 'passed', ms: 10, ...given };
}

function report(name: string, results: readonly CaseReport[]): ConformanceReport {
  const adapter = { module: `file:///${name}.js`, name, version: '2.2.0' };
  return { suite: '0.1.0', node: 'v24.0.0', date: '2030-01-02T03:04:05.000Z', adapter, results };
}

const hostile = '<img src=x> | `code` & "more"';
const reports = [
  report('@anypool/one', [
    result('S1-a'),
    result('S1-b'),
    result('S1-a', { kind: 'process', ms: 5432 }),
    result('S1-b', {
      kind: 'process',
      status: 'failed',
      error: {
        name: 'AssertionError',
        message: hostile,
        expected: 'the right',
        actual: 'the wrong',
        stack: 'at some place',
      },
    }),
    result('C1-c', { kind: 'process', status: 'hang', error: { name: 'HangError', message: 'hang: C1-c' } }),
  ]),
  report('other', [
    result('S1-a', {
      status: 'known gap',
      reason: 'the library does so',
      error: { name: 'Error', message: 'as known' },
    }),
    result('S1-b', { status: 'unexpected pass', reason: 'was so once' }),
    result('C1-c', { status: 'skipped', reason: 'needs the capability transfer' }),
  ]),
];

test('what is a failure', () => {
  const found = reports.flatMap(({ results }) => results).filter(isFailure);
  assert.deepEqual(
    found.map(({ status }) => status),
    ['failed', 'hang', 'unexpected pass'],
  );
});

test('JSON is what it was made of', () => {
  assert.deepEqual(JSON.parse(jsonReport(reports)), reports);
});

describe('Markdown', () => {
  test('there is a row for each rule and a column for each kind of each adapter', () => {
    const lines = markdownReport(reports).split('\n');
    const cells = (start: string) =>
      lines
        .find((line) => line.startsWith(start))
        ?.split(' | ')
        .slice(1)
        .map((cell) => cell.replace('|', '').trim());
    assert.deepEqual(cells('| rule'), ['one:thread', 'one:process', 'other:thread']);
    assert.deepEqual(cells('| **S1** `submit('), ['2', '1 of 2 failed', '1 of 2 failed, 1 of 2 known gap']);
    assert.deepEqual(cells('| **C1** '), ['–', '1 of 1 failed', '–']);
  });

  test('it says of each failure what was expected and what was seen', () => {
    const text = markdownReport(reports);
    assert.match(text, /\*\*S1-b\*\* on one:process, failed: what S1-b says/);
    assert.match(text, /expected:\n\n```text\nthe right\n```\n\nseen:\n\n```text\nthe wrong\n```/);
    assert.match(text, /\*\*S1-b\*\* on other:thread, unexpected pass/);
    assert.doesNotMatch(markdownReport([report('good', [result('S1-a')])]), /Failures/);
  });

  test('the summary has a row for each chapter', () => {
    const [heading = '', , ...rows] = markdownSummary(reports).split('\n');
    assert.match(heading, /^\| rules +\| one:thread \| one:process +\| other:thread +\|$/);
    assert.deepEqual(
      rows.map((row) => row.split('|')[1]?.trim()),
      ['S: Submitting and Futures', 'C: Cancelling and time limits', 'all'],
    );
  });
});

describe('the terminal summary', () => {
  const text = terminalSummary(reports);
  test('it has counts by chapter, gaps, failures, the slowest and the sum', () => {
    assert.match(text, /^rules +one:thread +one:process +other:thread$/m);
    assert.match(text, /^C {2}Cancelling and time limits +– +1 of 1 failed +–$/m);
    assert.match(text, /Known gaps\n {2}S1-a on other:thread: the library does so/);
    assert.match(
      text,
      / {2}S1-b on one:process: failed\n.*\n.*AssertionError: .*\n {4}expected: the right\n {4}seen: {5}the wrong/,
    );
    assert.match(text, /Slowest\n +5\.4 s {2}S1-a on one:process/);
    assert.match(text, /Does not conform: 3 passed, 1 failed, 1 hang, 1 unexpected pass, 1 known gap, 1 skipped\.\n$/);
    assert.equal([...text.matchAll(/^ +\d+\.\d s /gm)].length, 5);
  });
});

test('names and reasons of others are shown as they are, on one line, and are no commands, markup or code', () => {
  const text = '\u001b[2J\u001b]0;x\u0007<b>`a`\r\n\b*b*\u009b';
  const hostileReports = [
    report(text, [
      result('S1-a', { status: 'known gap', reason: text }),
      result('S1-b', { status: 'unexpected pass', reason: text }),
    ]),
  ];
  const terminal = terminalSummary(hostileReports);
  assert.match(terminal, /^<b>`a` \*b\* 2\.2\.0 \(suite /);
  assert.match(terminal, /S1-a on <b>`a` \*b\*:thread: <b>`a` \*b\*$/m);
  const page = htmlReport(hostileReports);
  assert.match(page, /title="10 ms; &lt;b&gt;`a` \*b\*"/);
  const markdown = markdownReport(hostileReports);
  const summary = markdownSummary(hostileReports);
  assert.match(markdown, /It is given as a known gap: \\<b>\\`a\\` \\\*b\\\*$/m);
  for (const made of [markdown, summary]) {
    assert.match(made, /\\<b>\\`a\\` \\\*b\\\*:thread/);
    assert.doesNotMatch(made, /(?<!\\)<b>|(?<!\\)`a/);
  }
  for (const made of [terminal, page, markdown, summary]) assert.doesNotMatch(made, /(?!\n)\p{Cc}/u);
});

describe('the HTML page', () => {
  const page = htmlReport(reports);

  test('it needs nothing else', () => {
    assert.doesNotMatch(page, /<link|<img|@import|url\(|\bsrc=(?!x&gt;)|href=|https?:\/\//);
    assert.equal([...page.matchAll(/<script>/g)].length, 1);
    assert.doesNotThrow(() => new Function(/<script>([\s\S]*)<\/script>/.exec(page)?.[1] ?? ''));
    assert.match(page, /prefers-color-scheme: dark/);
  });

  test('it has the text of the rules, and of each failure what was expected and seen', () => {
    const rule = rules.find(({ id }) => id === 'C1');
    assert.ok(page.includes(rule?.intent ?? 'absent'));
    assert.match(page, /<h4>expected<\/h4><pre>the right<\/pre>/);
    assert.match(page, /<h4>seen<\/h4><pre>the wrong<\/pre>/);
    assert.match(page, /title="10 ms; needs the capability transfer"/);
    assert.ok(page.includes('&lt;img src=x&gt; | `code` &amp; &quot;more&quot;'));
  });

  test('there is what the filters look for', () => {
    for (const label of ['one:thread', 'one:process', 'other:thread'])
      assert.match(page, new RegExp(`name="column" value="\\d" checked> ${label}`));
    assert.deepEqual(new Set([...page.matchAll(/data-status="([^"]+)"/g)].map(([, status]) => status)).size, 6);
    assert.match(page, /<tr data-id="S1-b" data-text="s1-b what s1-b says">/);
  });
});
