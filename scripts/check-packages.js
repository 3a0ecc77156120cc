// Packs every public package and looks at what is in it, as a registry and a TypeScript consumer would: publint and attw.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'anypool-packages-'));
const pnpm = readFileSync(join(root, 'package.json'), 'utf8').match(/"packageManager": "(pnpm@[^"]+)"/)?.[1] ?? 'pnpm';
let failures = 0;

function run(command, args, cwd) {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
}

try {
  for (const name of readdirSync(join(root, 'packages'))) {
    const cwd = join(root, 'packages', name);
    const tarball = join(folder, `${name}.tgz`);
    for (const [command, ...args] of [
      ['npx', '--yes', pnpm, 'pack', '--out', tarball],
      ['npx', 'publint', '--strict', tarball],
      ['npx', 'attw', '--profile', 'esm-only', tarball],
    ]) {
      try {
        run(command, args, cwd);
      } catch (error) {
        failures += 1;
        console.error(`${name}: ${[command, ...args].join(' ')}\n${error.stdout}${error.stderr}`);
      }
    }
    console.log(`${name}: looked at`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = failures === 0 ? 0 : 1;
