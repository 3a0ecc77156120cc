/** The style sheet of the page; it looks as the conformance report does. Nothing of it comes from elsewhere. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf8; --card: #ffffff; --ink: #23221f; --soft: #6d6a63; --line: #e5e2dc; --code: #f1efea;
  --pass: #3d7a52; --gap: #b3362b; --none: #a5a199; --accent: #34618e; --raw: #c2bdb3; --bare: #8fae98;
  --pass-tint: #e6f0e9; --gap-tint: #f9e6e3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #191a1c; --card: #212326; --ink: #e3e1dc; --soft: #9b9a95; --line: #34363a; --code: #2b2d31;
    --pass: #7fbf95; --gap: #ec8a7f; --none: #6c6d70; --accent: #8db4dd; --raw: #55575b; --bare: #55795f;
    --pass-tint: #23342a; --gap-tint: #41282a;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 ui-sans-serif, system-ui, sans-serif; }
.page { max-width: 76rem; margin: 0 auto; padding: 2.5rem 1.5rem 6rem; }
h1 { margin: 0; font-size: 1.9rem; font-weight: 600; letter-spacing: -.015em; }
h2 { margin: 2.8rem 0 .8rem; font-size: 1.15rem; font-weight: 600; }
h3 { margin: 0; font-size: 1rem; font-weight: 600; }
p { margin: .5rem 0; max-width: 60rem; }
a { color: var(--accent); }
.soft { color: var(--soft); }
code { font: .86em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; background: var(--code); border-radius: 4px; padding: .1em .3em; }
nav { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .4rem 1.4rem; align-items: center; margin: 1.4rem -1.5rem 0;
  padding: .8rem 1.5rem; background: var(--paper); border-bottom: 1px solid var(--line); font-size: .9rem; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
.key { display: flex; gap: 1.2rem; margin-left: auto; color: var(--soft); }
.key i { display: inline-block; width: .8em; height: .8em; margin-right: .4em; border-radius: 2px; vertical-align: -.05em; }
.key .anypool { background: var(--accent); } .key .raw { background: var(--raw); } .key .bare { background: var(--bare); }
section { scroll-margin-top: 3rem; }
.case { margin: 0 0 .9rem; padding: 1rem 1.2rem; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.case p { margin: .1rem 0 .8rem; font-size: .88rem; }
.case p code { white-space: nowrap; }
.case details { margin-top: .6rem; font-size: .88rem; }
.case summary { cursor: pointer; color: var(--soft); }
svg.plot { display: block; width: 100%; height: auto; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .8rem 0 0; font-size: .86rem; font-variant-numeric: tabular-nums; }
th { font-weight: 500; color: var(--soft); text-align: right; padding: .3rem .5rem; white-space: nowrap; vertical-align: bottom; }
td { border-top: 1px solid var(--line); padding: .35rem .5rem; text-align: right; vertical-align: top; white-space: nowrap; }
th.text, td.text { text-align: left; white-space: normal; }
td.text a { white-space: nowrap; }
td small { color: var(--soft); }
td .of { display: block; font-size: .92em; color: var(--soft); }
.pill { display: inline-block; padding: 0 .55rem; border-radius: 4px; font-size: .84rem; white-space: nowrap; color: var(--none); }
.pill.pass, .pill.better { background: var(--pass-tint); color: var(--pass); }
.pill.gap, .pill.worse { background: var(--gap-tint); color: var(--gap); font-weight: 600; }
@media (max-width: 44rem) { .key { margin-left: 0; } .case { padding: .8rem; } }
`;
