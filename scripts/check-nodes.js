// Runs conformance cases on the other lines of Node that the packages are for, which npx brings: the oldest that `engines` allows, and the
// newest of each line besides the one that everything else runs on. Needs the built packages.
//
//   --all              the whole suite, for some minutes. Default: the rules that lean most on what differs between lines of Node, and fewer
//                      on the line between two that run those
//   --adapter NAME     such as tinypool; may be given several times. Default: native
//   --node LINE        such as 22; may be given several times
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Async contexts, modules, values and errors as V8 and Node carry them, and the ends of workers and of the caller. */
const leaning = ['S9', 'S10', 'V1', 'V2', 'V3', 'V4', 'V5', 'E1', 'E2', 'E3', 'W3', 'W11', 'X6'];
/** The line between two that run them all: what Node itself does at the end of a worker or of the caller. */
const few = ['S9', 'V5', 'E3', 'W11', 'X6'];
const { values } = parseArgs({
  options: {
    all: { type: 'boolean' },
    adapter: { type: 'string', multiple: true },
    node: { type: 'string', multiple: true },
  },
});
const suite = join(root, 'packages/conformance/bin/anypool-conformance.js');
const failed = [];
/** @type {readonly (readonly [string, readonly string[]])[]} */
const lines = values.node?.map((line) => [line, leaning]) ?? [
  ['20.19.0', leaning],
  ['22', few],
  ['26', leaning],
];
for (const [line, rules] of lines) {
  const cases = values.all ? [] : rules.flatMap((rule) => ['--case', rule]);
  for (const adapter of values.adapter ?? ['native']) {
    console.log(`\n${adapter} on Node ${line}`);
    const { status, error } = spawnSync(
      'npx',
      ['--yes', '--package', `node@${line}`, '--', 'node', suite, `./packages/${adapter}/dist/index.js`, ...cases],
      { cwd: root, stdio: 'inherit' },
    );
    if (error !== undefined) throw error;
    if (status !== 0) failed.push(`${adapter} on Node ${line}`);
  }
}
console.log(failed.length === 0 ? '\nall lines conform' : `\ndoes not conform: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
