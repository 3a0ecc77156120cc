import assert from 'node:assert/strict';
import type { CaseContext, ConformanceCase } from '../case.js';
import { isThere, killChild, orphanEnd } from './process-end.js';

/** Runs the script until it has printed the pid of its worker, ends the script as told, and waits for the worker's end. */
async function outlive(
  { script }: CaseContext,
  body: string,
  end: (parent: number, worker: number) => void | Promise<void>,
): Promise<void> {
  let parent = 0;
  let found: (pid: number) => void;
  const child = new Promise<number>((resolve) => {
    found = resolve;
  });
  const result = script(body, {
    onStart: (pid) => {
      parent = pid;
    },
    onLine: (line) => {
      if (line.startsWith('worker ')) found(Number(line.slice('worker '.length)));
    },
  });
  const early = result.then(({ stderr }) => assert.fail(`The script ended before it had a worker: ${stderr}`));
  const pid = await Promise.race([child, early]);
  early.catch(() => {});
  assert.notEqual(pid, parent);
  await end(parent, pid);
  await orphanEnd(pid);
  await result;
}

const running = (task: string) => `
  import { existsSync } from 'node:fs';
  const executor = createExecutor({ maxWorkers: 1 });
  const { pid } = await executor.submit(tasks.basics.place);
  executor.submit(${task}, { file: 'trace' }).catch(() => {});
  while (!existsSync('trace')) await new Promise((resolve) => setTimeout(resolve, 5));
  console.log('worker ' + pid);
`;

const situations: readonly (readonly [name: string, what: string, body: string])[] = [
  ['spinning', 'in an endless loop', running('tasks.control.spinForever')],
  ['blocked', 'blocked in a wait', running('tasks.control.blockForever')],
  ['awaiting', 'in an asynchronous task', running('tasks.control.awaitForever')],
  [
    'idle',
    'idle',
    `
    const executor = createExecutor({ maxWorkers: 1, minWorkers: 1, idleTimeout: Infinity });
    await executor.submit(tasks.lifecycle.holdTheEventLoop);
    const { pid } = await executor.submit(tasks.basics.place);
    console.log('worker ' + pid);
    setInterval(() => {}, 1000);
    `,
  ],
  [
    'starting',
    'in an initializer that spins',
    `
    const executor = createExecutor({
      maxWorkers: 1,
      initializer: { task: core.inlineTask(() => { console.log('worker ' + process.pid); for (;;); }) },
    });
    executor.submit(tasks.basics.nothing).catch(() => {});
    `,
  ],
  [
    'importing',
    'in an import that spins',
    `
    const executor = createExecutor({ maxWorkers: 1 });
    const { pid } = await executor.submit(tasks.basics.place);
    const module = 'data:text/javascript,' + encodeURIComponent(
      "import { writeFileSync } from 'node:fs'; writeFileSync('trace', ''); for (;;); export const task = () => {};"
    );
    executor.submit(core.tasksFrom(module).task).catch(() => {});
    console.log('worker ' + pid);
    `,
  ],
];

export const workerOrphanCases: readonly ConformanceCase[] = [
  ...situations.map(
    ([name, what, body]): ConformanceCase => ({
      id: `W11-parent-killed-child-${name}`,
      rule: 'W11',
      title: `a process ${what} ends when its parent is killed`,
      kinds: ['process'],
      run: (context) =>
        outlive(context, body, async (parent, worker) => {
          assert.ok(isThere(worker));
          await killChild(parent);
        }),
    }),
  ),
  {
    id: 'W11-parent-exits',
    rule: 'W11',
    title: 'a process in an endless loop ends when its parent calls process.exit()',
    kinds: ['process'],
    run: (context) => outlive(context, `${running('tasks.control.spinForever')}\nprocess.exit(0);`, () => {}),
  },
  {
    id: 'W11-parent-throws',
    rule: 'W11',
    title: 'a process in an endless loop ends when its parent dies of an uncaught exception',
    kinds: ['process'],
    run: (context) =>
      outlive(context, `${running('tasks.control.spinForever')}\nthrow new Error('the end');`, () => {}),
  },
];
