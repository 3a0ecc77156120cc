import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const isolated = ['--pid', '--fork', '--kill-child'];
const canIsolate = spawnSync('unshare', [...isolated, 'true']).status === 0;

test.skipIf(!canIsolate)('X8: process 1 of a container, which no signal ends by itself, exits with 128 + n', () => {
  const script = `
    import { inlineExecutor, shutdownOnSignal } from ${JSON.stringify(import.meta.resolve('@anypool/core'))};
    shutdownOnSignal(inlineExecutor());
    setInterval(() => {}, 1000);
    console.log(process.pid);
    process.kill(process.pid, 'SIGTERM');
  `;
  const command = [...isolated, process.execPath, '--input-type=module', '--eval', script];
  const { stdout, status } = spawnSync('unshare', command, { encoding: 'utf8', timeout: 20_000 });
  expect([stdout, status]).toEqual(['1\n', 143]);
});

test('X8: however many registrations there are, Node warns of no leak, and the last to drain ends the process', () => {
  const script = `
    import { inlineExecutor, shutdownOnSignal } from ${JSON.stringify(import.meta.resolve('@anypool/core'))};
    const executors = Array.from({ length: 20 }, () => inlineExecutor());
    for (const executor of executors) shutdownOnSignal(executor);
    setInterval(() => {}, 1000);
    process.kill(process.pid, 'SIGTERM');
  `;
  const { stderr, signal } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect([stderr, signal]).toEqual(['', 'SIGTERM']);
});
