import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { frame } from '../src/link/frames.js';
import type { FromWorker } from '../src/link/messages.js';
import { pipeLine } from '../src/link/process-line.js';

const lastWords: readonly FromWorker[] = [
  { type: 'report', id: 1, value: 'x'.repeat(3000) },
  { type: 'exiting', begun: 7 },
];

/** Writes what it is given, closes its pipe, and tells that by a file. */
const child = `
  const { closeSync, readFileSync, writeFileSync, writeSync } = require('node:fs');
  const bytes = readFileSync(0);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(3, bytes, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
  closeSync(3);
  writeFileSync(process.argv[1], '');
`;

/** Without the event loop, which would read what is on the pipe. */
function waitForFile(file: string): void {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (let turn = 0; turn < 20_000 && !existsSync(file); turn += 1) Atomics.wait(sleeper, 0, 0, 1);
}

test('what a process sent before it was gone is heard, also by a caller that writes to it before it reads (W2, W3a)', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'anypool-line-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const closed = join(folder, 'closed');
  const started = spawn(process.execPath, ['-e', child, closed], { stdio: ['pipe', 'ignore', 'inherit', 'pipe'] });
  const pipe = started.stdio[3];
  if (!(pipe instanceof Duplex) || started.stdin === null) throw new Error('The child has no pipes.');
  const heard: FromWorker[] = [];
  const failures: unknown[] = [];
  const line = pipeLine(
    pipe,
    (message) => heard.push(message),
    (error) => failures.push(error),
  );
  const gone = new Promise((resolve) => pipe.once('close', resolve));
  started.stdin.end(Buffer.concat(lastWords.map((message) => frame(message))));
  await once(started.stdin, 'finish');
  waitForFile(closed);
  line.prepare([1, 0, []])();
  await gone;
  expect(heard).toEqual(lastWords);
  expect(failures).toEqual([]);
});
