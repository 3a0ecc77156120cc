import { join } from 'node:path';
import { borrowing } from './borrowing.js';
import { compare, minorVersion, read, tablesOf } from './workspace.js';

/** The adapter's own README: its headings, and which version of the library its corrections are about. */
export function readmeDifferences(adapter, model) {
  const { folder, library, manifest, name, version } = adapter;
  const text = read(join(folder, 'README.md'));
  const [title, ...headings] = headingsOf(text);
  const [, ...expected] = headingsOf(read(join(model.folder, 'README.md')));
  const common = (owner, list) => list.filter((heading) => !borrowing(owner).headings.includes(heading));
  const corrected =
    library === undefined ? ['node'] : [version, minorVersion(version)].map((tested) => `${library} ${tested}`);
  return [
    ...compare('README.md: title', title, `# ${manifest.name}`),
    ...compare('README.md: headings', common(adapter, headings), common(model, expected)),
    ...(tablesOf(text).some(([heading]) => corrected.includes(heading[0]) && heading[1] === 'the rule')
      ? []
      : [`README.md: no table of what is corrected is headed '${corrected.join("' or '")}' and 'the rule'`]),
    ...(text.includes(['npm install @anypool/core', `@anypool/${name}`, library ?? []].flat().join(' '))
      ? []
      : ['README.md: it does not say how to install adapter and library']),
  ];
}

function headingsOf(markdown) {
  return markdown
    .replace(/^```[\s\S]*?^```$/gm, '')
    .split('\n')
    .filter((line) => line.startsWith('#'));
}
