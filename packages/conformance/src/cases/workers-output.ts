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
      assert.equal(exitCode, 0);
      assert.equal(stdout, `${lines('out', count, width)}the end\n`);
      assert.equal(stderr, lines('err', count, width));
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
  {
    id: 'W10-output-before-an-uncaught-error',
    rule: 'W10',
    title: 'what a task printed before an error that nobody caught arrives whole, and so does the error',
    kinds,
    async run({ script }) {
      const [count, width] = [1000, 300];
      const { stdout, stderr } = await script(`
        const executor = createExecutor({ maxWorkers: 1 });
        const error = await executor.submit(tasks.lifecycle.printAndThrow, ${count}, ${width}, false).catch((error) => error);
        await executor.shutdown();
        console.error('end:', error.code, error.cause.message);
      `);
      assert.equal(stdout, lines('out', count, width));
      assert.deepEqual(withoutEnd(stderr), [
        lines('err', count, width),
        'end: ERR_WORKER_CRASHED thrown behind the output\n',
      ]);
    },
  },
  {
    id: 'W3-error-before-the-output-is-out',
    rule: 'W3',
    title:
      'a task that has returned keeps its result, whatever goes wrong in its worker while its output is still on its way',
    kinds,
    async run({ script }) {
      const [count, width] = [1000, 300];
      const { stdout, stderr } = await script(`
        const executor = createExecutor({ maxWorkers: 1 });
        const result = await executor.submit(tasks.lifecycle.printAndThrow, ${count}, ${width}, true).catch(String);
        const sum = await executor.submit(tasks.basics.add, 1, 2).catch(String);
        await executor.shutdown();
        console.error('end:', result, sum);
      `);
      assert.equal(stdout, lines('out', count, width));
      assert.deepEqual(withoutEnd(stderr), [lines('err', count, width), 'end: returned 3\n']);
    },
  },
];

function lines(stream: 'out' | 'err', count: number, width: number): string {
  return Array.from({ length: count }, (_, i) => `${stream} ${i} ${stream.charAt(0).repeat(width)}\n`).join('');
}

/** The script's own last line is apart: what a thread has printed may come after its end. */
function withoutEnd(stderr: string): readonly [string, string] {
  const end = /^end: .*\n/m.exec(stderr)?.[0] ?? '';
  return [stderr.replace(end, ''), end];
}
