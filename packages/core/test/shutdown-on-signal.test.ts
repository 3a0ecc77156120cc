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
