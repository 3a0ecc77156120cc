// The examples of the documents compile with the strict settings against the built packages, and those of READMEs run. An argument is
// the root of another workspace. Needs the built packages.
//
// - A block whose first line is a comment such as `// work.ts` is that file, beside the other named blocks of its document.
// - Examples of doc comments are compiled, not run. They see what scripts/examples/surroundings.d.ts declares, and one that imports
//   nothing sees the exports of its own package.
// - ```ts scripts/... quotes a file of the package checks, where it is compiled and run, and the quotation compared. So does
//   ```ts examples/... a file of a worked example, which is built and tested as a package; it is compared here.
// - ```ts compile-only is not run: for what takes minutes. Nor are *.test.ts, which are for a test runner.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { argv, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { checkQuotations } from './check-packages/documented.js';
import { examplesOf } from './examples/extract.js';

const here = fileURLToPath(new URL('..', import.meta.url));
const runLimit = 60_000;

/** What is wrong with the examples of a workspace, and how many there are. */
export async function checkExamples(root) {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'anypool-examples-'));
  try {
    const examples = await examplesOf(root);
    const misquoted = misquotations(root);
    linkPackages(root, folder);
    writeConfiguration(root, folder);
    for (const { path, text } of examples) write(join(folder, 'src', path), text);
    for (const group of new Set(examples.map(({ path }) => dirname(path))))
      cpSync(join(here, 'scripts/examples/images.ts'), join(folder, 'src', group, 'images.ts'));
    cpSync(join(here, 'scripts/examples/images.ts'), join(folder, 'src/images.ts'));
    cpSync(join(here, 'scripts/examples/surroundings.d.ts'), join(folder, 'src/surroundings.d.ts'));
    const compiled = run(folder, join(root, 'node_modules/typescript/bin/tsc'), '-p', folder);
    if (compiled.status !== 0)
      return { examples, runs: [], failures: [...misquoted, located(compiled.stdout, examples)] };
    const runs = examples.filter((example) => example.isRun && !isImported(example, examples));
    return { examples, runs, failures: [...misquoted, ...runs.flatMap((example) => failuresOfRun(folder, example))] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function misquotations(root) {
  return ['ADAPTERS.md'].flatMap((document) => {
    try {
      checkQuotations(root, document);
      return [];
    } catch (error) {
      return [`${document}: ${error.message}`];
    }
  });
}

function linkPackages(root, folder) {
  const links = readdirSync(join(root, 'packages')).map((name) => [
    name === 'anypool' ? name : `@anypool/${name}`,
    join('packages', name),
  ]);
  const worked = readdirSync(join(root, 'examples')).map((name) => [
    JSON.parse(readFileSync(join(root, 'examples', name, 'package.json'), 'utf8')).name,
    join('examples', name),
  ]);
  // An adapter's library is there for its own package alone.
  const libraries = readdirSync(join(root, 'packages')).flatMap((name) => {
    const { peerDependencies = {} } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
    return peerDependencies[name] === undefined ? [] : [[name, join('packages', name, 'node_modules', name)]];
  });
  const others = [
    ...['vitest', '@types/node'].map((name) => [name, `node_modules/${name}`]),
    ...['api', 'sdk-trace-node'].map((name) => [
      `@opentelemetry/${name}`,
      `packages/opentelemetry/node_modules/@opentelemetry/${name}`,
    ]),
  ];
  for (const [name, target] of [...links, ...worked, ...libraries, ...others]) {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true });
    symlinkSync(join(root, target), join(folder, 'node_modules', name));
  }
}

function writeConfiguration(root, folder) {
  const compilerOptions = {
    composite: false,
    declaration: false,
    declarationMap: false,
    isolatedDeclarations: false,
    // An example ends with the value that it is about.
    noUnusedLocals: false,
    // Some libraries' own types need those of the DOM; ours are checked by scripts/check-packages.js.
    skipLibCheck: true,
    rootDir: 'src',
    outDir: 'dist',
  };
  write(join(folder, 'package.json'), '{ "type": "module" }');
  write(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: join(root, 'tsconfig.base.json'), compilerOptions, include: ['src'] }),
  );
}

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function run(cwd, ...args) {
  return spawnSync(execPath, args, { cwd, encoding: 'utf8', timeout: runLimit });
}

function failuresOfRun(folder, { path, place }) {
  const { status, signal, stdout, stderr } = run(folder, join(folder, 'dist', path.replace(/\.ts$/, '.js')));
  return status === 0 ? [] : [`${place}: ended with ${signal ?? `code ${status}`}\n${stdout}${stderr}`];
}

// A file that another one of its document imports runs with that one.
function isImported({ path }, examples) {
  const specifier = `'./${path.split('/').at(-1).replace(/\.ts$/, '.js')}'`;
  return examples.some(
    (other) => other.path !== path && dirname(other.path) === dirname(path) && other.text.includes(specifier),
  );
}

function located(output, examples) {
  return examples.reduce((text, { path, place }) => text.replaceAll(`src/${path}`, place), output);
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { examples, runs, failures } = await checkExamples(argv[2] ?? here);
  for (const failure of failures) console.log(failure);
  console.log(
    `${examples.length} examples compiled, ${runs.length} run: ${failures.length === 0 ? 'all well' : 'failed'}`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
}
