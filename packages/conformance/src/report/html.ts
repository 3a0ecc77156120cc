import type { CaseReport, CaseStatus, ConformanceReport } from '../report.js';
import type { Rule } from '../rule.js';
import { specificationVersion } from '../rules.js';
import {
  type Column,
  cellOf,
  columnsOf,
  failuresIn,
  groupsOf,
  type RuleGroup,
  resultsOf,
  statuses,
  tallyOf,
} from './columns.js';
import { script } from './html-script.js';
import { style } from './html-style.js';
import { escaped, paragraphs, proseOf } from './html-text.js';
import { plainReports } from './plain-text.js';

/**
 * The reports as one HTML page that needs nothing else: the rules with their text, every case on every kind of every adapter, and of each
 * failure what was expected and what was seen.
 */
export function htmlReport(given: readonly ConformanceReport[]): string {
  const reports = plainReports(given);
  const columns = columnsOf(reports);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Conformance</title>
<style>${style}</style>
</head>
<body>
<div class="page">
<header>
<h1>Conformance</h1>
<p class="soft">${escaped(aboutText(reports))}</p>
<div class="cards">${columns.map(card).join('\n')}</div>
</header>
${filters(columns)}
<main>
${groupsOf(columns)
  .map((group) => groupSection(group, columns))
  .join('\n')}
<p class="none" id="none" hidden>No case is like that.</p>
</main>
</div>
<script>${script}</script>
</body>
</html>
`;
}

function aboutText(reports: readonly ConformanceReport[]): string {
  const [first] = reports;
  if (first === undefined) return 'No report.';
  return `Executor specification ${specificationVersion}, suite ${first.suite}, Node ${first.node}, ${first.date.slice(0, 16).replace('T', ' ')} UTC`;
}

/** What stands for a status in class names: failures look alike. */
function classOf(status: CaseStatus): string {
  if (status === 'known gap') return 'gap';
  return status === 'passed' || status === 'skipped' ? status : 'failed';
}

function card({ label, report, results }: Column, index: number): string {
  const tally = tallyOf(results);
  const shares = statuses
    .filter((status) => tally[status] > 0)
    .map(
      (status) =>
        `<i class="${classOf(status)}" style="flex: ${tally[status]}" title="${tally[status]} ${status}"></i>`,
    );
  const words = statuses.filter((status) => tally[status] > 0).map((status) => `${tally[status]} ${status}`);
  const { name, version } = report.adapter;
  return `<div class="card" data-column="${index}"><strong>${escaped(label)}</strong>
<div class="soft">${escaped(version === undefined ? name : `${name} ${version}`)}</div>
<div class="bar">${shares.join('')}</div>
<div class="soft">${words.join(', ')}</div></div>`;
}

function filters(columns: readonly Column[]): string {
  const options = statuses.map((status) => `<option>${status}</option>`);
  const boxes = columns.map(
    ({ label }, index) =>
      `<label><input type="checkbox" name="column" value="${index}" checked> ${escaped(label)}</label>`,
  );
  return `<form class="filters" hidden>
<input type="search" id="text" placeholder="Rule, case or words" aria-label="Filter by text">
<select id="status" aria-label="Filter by status"><option value="">any status</option>${options.join('')}</select>
<fieldset><legend>Adapters and kinds</legend>${boxes.join('\n')}</fieldset>
<span class="soft" id="shown"></span>
</form>`;
}

function groupSection({ letter, rules, title }: RuleGroup, columns: readonly Column[]): string {
  return `<section class="group">
<h2><b>${letter}</b> ${escaped(title)}</h2>
${rules.map((rule) => ruleSection(rule, columns)).join('\n')}
</section>`;
}

function ruleSection(rule: Rule, columns: readonly Column[]): string {
  const { capability, id, intent, text, title } = rule;
  const found = columns.map((column) => resultsOf(column, [rule]));
  const isOpen = found.some((results) => failuresIn(tallyOf(results)) > 0);
  const needs =
    capability === undefined ? '' : `<p class="soft">For executors with the capability <code>${capability}</code>.</p>`;
  return `<details class="rule" id="${id}" data-text="${escaped(`${id} ${text} ${intent}`.toLowerCase())}"${isOpen ? ' open' : ''}>
<summary><span class="id">${id}</span><span class="title">${proseOf(title)}</span><span class="pills">${found.map((results, index) => pill(results, columns[index], index)).join('')}</span></summary>
<div class="body">
<div class="text">${paragraphs(text)}
<p class="intent">Intent: ${proseOf(intent)}</p>${needs}</div>
<div class="scroll"><table>
<tr><th>case</th>${columns.map(({ label }, index) => `<th data-column="${index}">${escaped(label)}</th>`).join('')}</tr>
${caseRows(found)}
</table></div>
${failuresOf(found, columns)}
</div>
</details>`;
}

function pill(results: readonly CaseReport[], column: Column | undefined, index: number): string {
  const tally = tallyOf(results);
  const ran = results.length - tally.skipped;
  const failed = failuresIn(tally);
  const look = failed > 0 ? 'failed' : tally['known gap'] > 0 ? 'gap' : ran > 0 ? 'passed' : 'skipped';
  const text = ran === 0 ? '–' : failed > 0 ? `${failed}/${ran}` : String(ran);
  return `<span class="${look}" data-column="${index}" title="${escaped(`${column?.label ?? ''}: ${cellOf(results)}`)}">${text}</span>`;
}

const marks: Readonly<Record<CaseStatus, string>> = {
  passed: '✓',
  failed: 'failed',
  hang: 'hang',
  'unexpected pass': 'unexpected pass',
  'known gap': 'known gap',
  skipped: '–',
};

function caseRows(found: readonly (readonly CaseReport[])[]): string {
  const cases = new Map(found.flat().map(({ id, title }) => [id, title]));
  const rows = [...cases].map(([id, title]) => {
    const cells = found.map((results, index) => {
      const result = results.find((one) => one.id === id);
      if (result === undefined) return `<td data-column="${index}"></td>`;
      const { ms, reason, status } = result;
      const hint = [`${ms} ms`, ...(reason === undefined ? [] : [reason])].join('; ');
      return `<td class="${classOf(status)}" data-column="${index}" data-status="${status}" title="${escaped(hint)}">${marks[status]}</td>`;
    });
    return `<tr data-id="${id}" data-text="${escaped(`${id} ${title}`.toLowerCase())}"><td>${escaped(title)}<span class="id">${id}</span></td>${cells.join('')}</tr>`;
  });
  return rows.join('\n');
}

function failuresOf(found: readonly (readonly CaseReport[])[], columns: readonly Column[]): string {
  return found
    .flatMap((results, index) =>
      results
        .filter(({ status }) => status !== 'passed' && status !== 'skipped')
        .map((result) => failure(result, columns[index]?.label ?? '', index)),
    )
    .join('\n');
}

function failure({ error, id, ms, reason, status }: CaseReport, label: string, index: number): string {
  const parts = [
    `<h3><span class="id">${id}</span> on ${escaped(label)}: ${status}, ${ms} ms</h3>`,
    ...(reason === undefined ? [] : [`<p>Given as a known gap: ${escaped(reason)}</p>`]),
    ...(error === undefined ? [] : [`<pre>${escaped(`${error.name}: ${error.message}`)}</pre>`]),
    ...(error?.expected === undefined
      ? []
      : [
          `<div class="compared"><div><h4>expected</h4><pre>${escaped(error.expected)}</pre></div>` +
            `<div><h4>seen</h4><pre>${escaped(error.actual ?? '')}</pre></div></div>`,
        ]),
    ...(error?.stack === undefined
      ? []
      : [`<details><summary>stack</summary><pre>${escaped(error.stack)}</pre></details>`]),
  ];
  return `<div class="failure ${classOf(status)}" data-id="${id}" data-column="${index}" data-status="${status}">${parts.join('\n')}</div>`;
}
