import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';

const kinds = ['thread', 'process'] as const;

export const workerOutputCases: readonly ConformanceCase[] = [
  {
    id: 'W10-output-arrives-whole',
    rule: 'W10',
    title: "what workers print reaches the caller's stdout and stderr, whole and in order",
    kinds,
    async run({ script }) {
      const [count, width] = [2000, 100];
      const { stdout, stderr, exitCode } = await script(`
        const executor = createExecutor({ maxWorkers: 1 });
        await executor.submit(tasks.lifecycle.printAtExit, 'the end');
        await executor.submit(tasks.lifecycle.printLines, ${count}, ${width});
        await executor.shutdown();
      `);
      const lines = (stream: 'out' | 'err') =>
        Array.from({ length: count }, (_, i) => `${stream} ${i} ${stream.charAt(0).repeat(width)}\n`).join('');
      assert.equal(exitCode, 0);
      assert.equal(stdout, `${lines('out')}the end\n`);
      assert.equal(stderr, lines('err'));
    },
  },
  {
    id: 'W10-output-of-an-idle-executor',
    rule: 'W10',
    title: 'what a finished task printed is not lost where the program simply ends',
    kinds,
    async run({ script }) {
      const { stdout } = await script(`
        const executor = createExecutor({ maxWorkers: 1 });
        await executor.submit(tasks.lifecycle.printLines, 5, 10);
        console.log('the program ends');
      `);
      assert.equal(stdout.split('\n').filter((line) => line.startsWith('out ')).length, 5);
      assert.match(stdout, /the program ends/);
    },
  },
  {
    id: 'W10-output-before-a-crash',
    rule: 'W10',
    title: 'what a process printed before it died arrives',
    kinds: ['process'],
    async run({ script }) {
      const { stdout, stderr } = await script(`
        const executor = createExecutor({ maxWorkers: 1 });
        await executor.submit(tasks.lifecycle.printAndExit, 'printed', 3).catch((error) => console.log(error.code));
        await executor.submit(tasks.lifecycle.complainAndExit, 0, 'last words', 3).catch((error) => console.log(error.code));
        await executor.shutdown();
      `);
      assert.deepEqual(stdout.trim().split('\n').toSorted(), ['ERR_WORKER_CRASHED', 'ERR_WORKER_CRASHED', 'printed']);
      assert.match(stderr, /last words/);
    },
  },
];
