/** The style sheet of the HTML report. Nothing of it comes from elsewhere. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf8; --card: #ffffff; --ink: #23221f; --soft: #6d6a63; --line: #e5e2dc; --code: #f1efea;
  --passed: #3d7a52; --failed: #b3362b; --gap: #9a6a12; --skipped: #a5a199; --accent: #34618e;
  --passed-tint: #e6f0e9; --failed-tint: #f9e6e3; --gap-tint: #f7eeda;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #191a1c; --card: #212326; --ink: #e3e1dc; --soft: #9b9a95; --line: #34363a; --code: #2b2d31;
    --passed: #7fbf95; --failed: #ec8a7f; --gap: #dcb15c; --skipped: #6c6d70; --accent: #8db4dd;
    --passed-tint: #23342a; --failed-tint: #41282a; --gap-tint: #3a3122;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 ui-sans-serif, system-ui, sans-serif; }
.page { max-width: 76rem; margin: 0 auto; padding: 2.5rem 1.5rem 6rem; }
h1 { margin: 0; font-size: 1.9rem; font-weight: 600; letter-spacing: -.015em; }
h2 { margin: 2.8rem 0 .8rem; font-size: 1.15rem; font-weight: 600; }
h2 b { display: inline-block; min-width: 1.6rem; color: var(--soft); font-weight: 500; }
p { margin: .5rem 0; }
.soft, .intent { color: var(--soft); }
code, pre, .id { font: .86em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { background: var(--code); border-radius: 4px; padding: .1em .3em; }
pre { margin: .3rem 0 0; padding: .7rem .9rem; background: var(--code); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: .8rem; margin: 1.6rem 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .9rem 1.1rem; }
.card strong { font-weight: 600; }
.card .soft { font-size: .85rem; }
.bar { display: flex; height: 6px; margin: .7rem 0 .5rem; border-radius: 3px; overflow: hidden; background: var(--line); }
.bar i { display: block; }
.bar .passed { background: var(--passed); } .bar .failed { background: var(--failed); }
.bar .gap { background: var(--gap); } .bar .skipped { background: var(--skipped); opacity: .45; }
.filters { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .6rem 1.2rem; align-items: center;
  margin: 0 -1.5rem; padding: .8rem 1.5rem; background: var(--paper); border-bottom: 1px solid var(--line); font-size: .9rem; }
.filters input[type=search], .filters select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line);
  border-radius: 7px; padding: .4rem .7rem; }
.filters input[type=search] { flex: 1 1 16rem; }
.filters label { white-space: nowrap; }
.filters fieldset { display: contents; }
.filters legend { display: none; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.rule { border-top: 1px solid var(--line); }
.rule > summary { display: flex; gap: .9rem; align-items: baseline; padding: .6rem .2rem; cursor: pointer; list-style: none; }
.rule > summary::-webkit-details-marker { display: none; }
.rule > summary:hover { background: var(--card); }
.rule > summary .id { flex: 0 0 2.6rem; font-weight: 600; }
.rule > summary .title { flex: 1 1 auto; }
.pills { display: flex; gap: 3px; flex: 0 0 auto; }
.pills span { min-width: 1.9rem; padding: 0 .35rem; border-radius: 4px; text-align: center; font-size: .78rem;
  font-variant-numeric: tabular-nums; color: var(--soft); }
.pills .passed { background: var(--passed-tint); color: var(--passed); }
.pills .failed { background: var(--failed-tint); color: var(--failed); font-weight: 600; }
.pills .gap { background: var(--gap-tint); color: var(--gap); }
.body { padding: .2rem .2rem 1.6rem 3.7rem; }
.body > .text { max-width: 46rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 0; font-size: .86rem; }
th { font-weight: 500; color: var(--soft); text-align: center; padding: .3rem .5rem; white-space: nowrap; }
th:first-child { text-align: left; }
td { border-top: 1px solid var(--line); padding: .35rem .5rem; text-align: center; vertical-align: top; white-space: nowrap; }
td:first-child { text-align: left; white-space: normal; }
td .id { display: block; color: var(--soft); font-size: .78rem; }
td.passed { color: var(--passed); } td.failed { color: var(--failed); font-weight: 600; }
td.gap { color: var(--gap); } td.skipped { color: var(--skipped); }
.failure { margin: 1.1rem 0 0; padding: .9rem 1.1rem; border-left: 3px solid var(--failed); border-radius: 0 8px 8px 0; background: var(--card); }
.failure.gap { border-color: var(--gap); }
.failure .compared { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: .8rem; margin-top: .6rem; }
.failure h3 { margin: 0; font-size: .92rem; font-weight: 600; }
.failure h4 { margin: 0; font-size: .78rem; font-weight: 500; color: var(--soft); }
.failure details summary { cursor: pointer; margin-top: .6rem; color: var(--soft); font-size: .85rem; }
.none { padding: 3rem 0; text-align: center; color: var(--soft); }
@media (max-width: 44rem) { .body { padding-left: .2rem; } .pills { display: none; } }
`;
