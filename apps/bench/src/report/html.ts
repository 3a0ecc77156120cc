import type { Comparison } from '../results/compare.js';
import type { CaseInfo, Failure, Figures } from '../results/figures.js';
import { judge, type Verdict } from '../results/judge.js';
import type { Spread } from '../results/statistics.js';
import { escaped, proseOf } from './escaped.js';
import { style } from './html-style.js';
import { plotOf } from './plot.js';
import { aboutText, changesText, linesOf, shown, shownRatio, whatIsCompared } from './words.js';

/** The figures as one HTML page that needs nothing else: the targets, what changed, and a plot and a table of each case. */
export function htmlReport(figures: Figures, comparisons: readonly Comparison[] | undefined): string {
  const groups = [...new Set(figures.cases.map(({ group }) => group))];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Bench</title>
<style>${style}</style>
</head>
<body>
<div class="page">
<header>
<h1>Bench</h1>
<p class="soft">${escaped(aboutText(figures))}</p>
<p class="soft">Medians of the rounds; a line across a bar, and the figures in brackets, are what the middle half of the rounds is between. Ratios are of
the same round, and above 1 is better.</p>
</header>
<nav><a href="#targets">Targets</a>${comparisons === undefined ? '' : '<a href="#changes">Changes</a>'}${groups.map((group) => `<a href="#${anchorOf(group)}">${escaped(group)}</a>`).join('')}
<span class="key"><span><i class="anypool"></i>through anypool</span><span><i class="raw"></i>the library itself</span><span><i class="bare"></i>bare messages</span></span></nav>
<main>
${targetSection(judge(figures))}
${comparisons === undefined ? '' : changeSection(comparisons)}
${groups.map((group) => groupSection(figures, group)).join('\n')}
${failureSection(figures.failures)}
</main>
</div>
</body>
</html>
`;
}

function targetSection(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(
    ({ target, wanted, value, unit, verdict, of, case: id }) =>
      `<tr><td class="text">${proseOf(target)}<span class="of">${escaped(of)}</span></td><td>${wanted}</td><td>${value === undefined ? '' : ratioCell(value, unit)}</td><td><span class="pill ${verdict}">${verdict}</span></td><td class="text"><a href="#case-${id}">${id}</a></td></tr>`,
  );
  return `<section id="targets"><h2>Targets</h2>
<div class="scroll"><table>
<tr><th class="text">target</th><th>wanted</th><th>measured</th><th></th><th class="text">case</th></tr>
${rows.join('\n')}
</table></div></section>`;
}

function changeSection(comparisons: readonly Comparison[]): string {
  const rows = comparisons
    .filter(({ change }) => change !== 'same')
    .sort((a, b) => a.factor - b.factor)
    .map((one) => {
      const { case: info, contender, before, now, factor, change } = one;
      const cell = (spread: Spread): string =>
        one.reference === undefined ? figureCell(spread, info) : ratioCell(spread, '');
      return `<tr><td><span class="pill ${change}">${change}</span></td><td class="text"><a href="#case-${info.id}">${info.id}</a></td><td class="text">${escaped(contender)}</td><td class="text">${escaped(whatIsCompared(one))}</td><td>${cell(before)}</td><td>${cell(now)}</td><td>× ${factor.toFixed(2)}</td></tr>`;
    });
  const table = `<div class="scroll"><table>
<tr><th></th><th class="text">case</th><th class="text">executor</th><th class="text">what</th><th>then</th><th>now</th><th>change</th></tr>
${rows.join('\n')}
</table></div>`;
  return `<section id="changes"><h2>Changes</h2>
<p>${changesText(comparisons)}</p>
${rows.length === 0 ? '' : table}</section>`;
}

function groupSection(figures: Figures, group: string): string {
  const cases = figures.cases.filter((info) => info.group === group);
  return `<section id="${anchorOf(group)}"><h2>${escaped(group)}</h2>
${cases.map((info) => caseArticle(figures, info)).join('\n')}</section>`;
}

function caseArticle(figures: Figures, info: CaseInfo): string {
  const rows = linesOf(figures, info).map(
    ({ label, spread, toRaw, toBare }) =>
      `<tr><td class="text">${escaped(label)}</td><td>${figureCell(spread, info)}</td><td>${toRaw === undefined ? '' : ratioCell(toRaw, '')}</td><td>${toBare === undefined ? '' : ratioCell(toBare, '')}</td><td>${spread.count}</td></tr>`,
  );
  return `<article class="case" id="case-${info.id}">
<h3>${escaped(info.title)}</h3>
<p class="soft">${proseOf(info.about)} <code>${info.id}</code></p>
${plotOf(figures, info)}
<details><summary>Figures and ratios</summary><div class="scroll"><table>
<tr><th></th><th>${info.unit}</th><th>to its raw library</th><th>to bare messages</th><th>rounds</th></tr>
${rows.join('\n')}
</table></div></details>
</article>`;
}

function failureSection(failures: readonly Failure[]): string {
  if (failures.length === 0) return '';
  const items = failures.map(
    ({ case: id, contender, message }) => `<li>${escaped(`${contender}, ${id}: ${message.split('\n')[0]}`)}</li>`,
  );
  return `<section><h2>Failed</h2><ul>${items.join('\n')}</ul></section>`;
}

function figureCell({ median, low, high }: Spread, { unit }: CaseInfo): string {
  return `${shown(median, unit)} <small>(${shown(low, unit)}–${shown(high, unit)})</small>`;
}

function ratioCell({ median, low, high }: Spread, unit: string): string {
  return `${shownRatio(median)}${unit} <small>(${shownRatio(low)}–${shownRatio(high)})</small>`;
}

function anchorOf(group: string): string {
  return group.toLowerCase().replaceAll(/\W+/g, '-');
}
