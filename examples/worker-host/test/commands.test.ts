import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { commandOf, type WorkerCommand } from '../../../packages/anypool/dist/cli/options.js';

const folder = fileURLToPath(new URL('..', import.meta.url));
const secrets = mkdtempSync(join(tmpdir(), 'anypool-example-'));
const secretFile = join(secrets, 'secret');
writeFileSync(secretFile, 'a secret');
afterAll(() => rmSync(secrets, { recursive: true }));

/** What the first group of the pattern is in a file of the example. */
function found(file: string, pattern: RegExp): string {
  const text = pattern.exec(readFileSync(join(folder, file), 'utf8'))?.[1];
  if (text === undefined) throw new Error(`There is no ${pattern} in ${file}.`);
  return text;
}

function command(args: readonly string[]): WorkerCommand {
  const own = args.map((arg) => arg.replace(/%d\/secret|\/run\/secrets\/anypool|^secret\.txt$/, secretFile));
  const read = commandOf(own, { env: {}, folder });
  if (typeof read === 'string') throw new Error(`It asks for its ${read}.`);
  return read;
}

const entrypoint: string[] = JSON.parse(found('Dockerfile', /^ENTRYPOINT (.*)$/m)).slice(1);

test('the command of the image is one', () => {
  const more: string[] = JSON.parse(found('Dockerfile', /^CMD (\[.*)$/m));
  const { healthFile, healthInterval } = command([...entrypoint, ...more]);
  expect(healthFile).toBe(found('Dockerfile', /statSync\('(.*?)'\)/));
  expect(healthInterval).toBeLessThan(Number(found('Dockerfile', /mtimeMs < ([\d_]+)/).replace('_', '')));
});

test('the command of compose.yaml is one, and has the time to drain', () => {
  const more = found('compose.yaml', /^ {4}command:\n((?: {6}- .*\n)+)/m)
    .trim()
    .split(/\n? *- /)
    .slice(1);
  const { drainTimeout, host } = command([...entrypoint, ...more]);
  expect(host.secret).toEqual(['a secret']);
  expect(1000 * Number(found('compose.yaml', /stop_grace_period: (\d+)s/))).toBeGreaterThan(drainTimeout + 10_000);
});

test('the command of the systemd unit is one, and has the time to drain', () => {
  const args = found('anypool-worker.service', /^ExecStart=\S+\/anypool (.*)$/m).split(' ');
  const { drainTimeout, host } = command(args);
  expect(host.secret).toEqual(['a secret']);
  expect(1000 * Number(found('anypool-worker.service', /^TimeoutStopSec=(\d+)$/m))).toBeGreaterThan(
    drainTimeout + 10_000,
  );
});

test('the command of the README is one', () => {
  command(found('README.md', /exec anypool (worker .*)$/m).split(' '));
});
