import assert from 'node:assert/strict';
import { shutdownOnSignal } from '@anypool/core';
import type { CaseContext, ConformanceCase, ScriptOptions } from '../case.js';

/** For scripts: `await draining(executor)` prints a line when its shutdown has begun. */
const drainingText = `
  const draining = async (executor) => {
    while (executor.state === 'running') await new Promise((resolve) => setTimeout(resolve, 2));
    console.log('draining');
  };
`;

/** Does something for a script's process at the first line of each text that it prints. */
function atLines(actions: Readonly<Record<string, (pid: number) => void>>): ScriptOptions {
  let pid = 0;
  const left = new Map(Object.entries(actions));
  return {
    onStart(started) {
      pid = started;
    },
    onLine(line) {
      const action = left.get(line);
      left.delete(line);
      action?.(pid);
    },
  };
}

/** A script that has a task at a gate when it prints `ready`, and another in the queue. */
function waitingScript(gate: { readonly handle: unknown }, listening: string): string {
  return `
    ${drainingText}
    const executor = createExecutor({ maxWorkers: 1 });
    await executor.submit(tasks.basics.nothing);
    ${listening}
    const handle = ${JSON.stringify(gate.handle)};
    executor.submit(tasks.basics.waitAndReturn, handle, 'first').then(console.log, (error) => console.log(error.code));
    executor.submit(tasks.basics.echo, 'second').then(async (text) => {
      for (let step = 0; step < 20; step += 1) await undefined; // what follows a result may take a few steps
      console.log(text);
    });
    console.log('ready');
    await draining(executor);
  `;
}

/** A signal that ended a script while it drained, with all it was to print printed. */
async function assertDrained(
  { gate, script }: CaseContext,
  signal: NodeJS.Signals,
  send: (pid: number) => void,
  listening = 'core.shutdownOnSignal(executor);',
): Promise<void> {
  const door = await gate();
  const result = await script(
    waitingScript(door, listening),
    atLines({ ready: (pid) => void door.waiting(1).then(() => send(pid)), draining: () => door.open() }),
  );
  const { stdout, stderr, exitCode } = result;
  assert.deepEqual(
    { stdout, stderr, exitCode, signal: result.signal },
    { stdout: 'ready\ndraining\nfirst\nsecond\n', stderr: '', exitCode: null, signal },
  );
}

/** X8: what a signal does to executors, and to the process. */
export const signalCases: readonly ConformanceCase[] = [
  {
    id: 'X8-drain',
    rule: 'X8',
    title: 'SIGTERM and SIGINT drain: what runs and what is queued finishes, then the process ends as by that signal',
    async run(context) {
      for (const signal of ['SIGTERM', 'SIGINT'] as const)
        await assertDrained(context, signal, (pid) => process.kill(pid, signal));
    },
  },
  {
    id: 'X8-process-group',
    rule: 'X8',
    title: 'SIGINT to the whole group of processes, as from a terminal, drains just the same',
    async run(context) {
      if (process.platform === 'win32') return;
      await assertDrained(context, 'SIGINT', (pid) => process.kill(-pid, 'SIGINT'));
    },
  },
  {
    id: 'X8-other-signals',
    rule: 'X8',
    title: 'only the named signals drain; any other is left as it is',
    async run(context) {
      const listening = "core.shutdownOnSignal([executor], { signals: ['SIGUSR2'] });";
      await assertDrained(context, 'SIGUSR2', (pid) => process.kill(pid, 'SIGUSR2'), listening);
      const door = await context.gate();
      const { stdout, signal } = await context.script(
        waitingScript(door, listening),
        atLines({ ready: (pid) => void door.waiting(1).then(() => process.kill(pid, 'SIGTERM')) }),
      );
      assert.deepEqual({ stdout, signal }, { stdout: 'ready\n', signal: 'SIGTERM' });
    },
  },
  {
    id: 'X8-several-registrations',
    rule: 'X8',
    title: 'of several registrations for a signal, the last one to have drained ends the process',
    async run(context) {
      const listening = `
        const other = createExecutor({ maxWorkers: 1 });
        await other.submit(tasks.basics.nothing);
        core.shutdownOnSignal(other);
        core.shutdownOnSignal(executor);
        core.shutdownOnSignal(createExecutor());
        core.shutdownOnSignal([]);
      `;
      await assertDrained(context, 'SIGTERM', (pid) => process.kill(pid, 'SIGTERM'), listening);
    },
  },
  {
    id: 'X8-listeners-of-others',
    rule: 'X8',
    title: 'where others listen to the signal, the exit code is 128 + n, and the end is theirs',
    async run({ gate, script }) {
      const ours = 'core.shutdownOnSignal(executor);';
      for (const [listening, code] of [
        [`${ours} process.on('SIGTERM', () => console.log('mine'));`, 143],
        [`process.once('SIGTERM', () => console.log('mine')); ${ours}`, 143],
        [`${ours} process.on('SIGTERM', () => { console.log('mine'); process.exitCode = 7; });`, 7],
      ] as const) {
        const door = await gate();
        const { stdout, stderr, exitCode, signal } = await script(
          waitingScript(door, listening),
          atLines({
            ready: (pid) => void door.waiting(1).then(() => process.kill(pid, 'SIGTERM')),
            draining: () => door.open(),
          }),
        );
        const expected = { stdout: 'ready\nmine\ndraining\nfirst\nsecond\n', stderr: '', exitCode: code, signal: null };
        assert.deepEqual({ stdout, stderr, exitCode, signal }, expected, listening);
      }
    },
  },
  {
    id: 'X8-second-signal',
    rule: 'X8',
    title: 'a second signal terminates at once, even out of an endless loop',
    async run({ kind, script }) {
      // The caller's own thread could hear no signal in a loop.
      const task = kind === 'inline' ? 'awaitForever' : 'spinForever';
      const { stdout, signal } = await script(
        `
          ${drainingText}
          import { existsSync } from 'node:fs';
          import { resolve } from 'node:path';
          const executor = createExecutor({ maxWorkers: 1 });
          core.shutdownOnSignal(executor);
          executor.submit(tasks.control.${task}, { file: resolve('trace') }).catch((error) => console.log(error.code));
          while (!existsSync('trace')) await new Promise((resolve) => setTimeout(resolve, 2));
          console.log('ready');
          await draining(executor);
        `,
        atLines({
          ready: (pid) => process.kill(pid, 'SIGINT'),
          draining: (pid) => process.kill(pid, 'SIGTERM'),
        }),
      );
      assert.deepEqual({ stdout, signal }, { stdout: 'ready\ndraining\nERR_EXECUTOR_SHUTDOWN\n', signal: 'SIGINT' });
    },
  },
  {
    id: 'X8-timeout',
    rule: 'X8',
    title: 'a drain that takes longer than its timeout goes on as terminate()',
    async run({ script }) {
      const { stdout, signal } = await script(
        `
          import { existsSync } from 'node:fs';
          import { resolve } from 'node:path';
          const executor = createExecutor({ maxWorkers: 1 });
          core.shutdownOnSignal(executor, { timeout: 50 });
          executor.submit(tasks.control.awaitForever, { file: resolve('trace') }).catch((error) => console.log(error.code));
          while (!existsSync('trace')) await new Promise((resolve) => setTimeout(resolve, 2));
          console.log('ready');
        `,
        atLines({ ready: (pid) => process.kill(pid, 'SIGTERM') }),
      );
      assert.deepEqual({ stdout, signal }, { stdout: 'ready\nERR_EXECUTOR_SHUTDOWN\n', signal: 'SIGTERM' });
    },
  },
  {
    id: 'X8-idle',
    rule: 'X8',
    title: 'a registration keeps no process alive, and with closed executors a signal ends it as ever',
    async run({ script }) {
      const idle = await script(`
        const executor = createExecutor({ maxWorkers: 1 });
        core.shutdownOnSignal(executor);
        console.log(await executor.submit(tasks.basics.add, 1, 2));
      `);
      assert.deepEqual([idle.stdout, idle.exitCode], ['3\n', 0]);
      const { stdout, signal } = await script(
        `
          const executor = createExecutor({ maxWorkers: 1 });
          core.shutdownOnSignal(executor);
          await executor.shutdown();
          setInterval(() => {}, 1000);
          console.log('closed');
        `,
        atLines({ closed: (pid) => process.kill(pid, 'SIGTERM') }),
      );
      assert.deepEqual({ stdout, signal }, { stdout: 'closed\n', signal: 'SIGTERM' });
    },
  },
  {
    id: 'X8-disposed',
    rule: 'X8',
    title: 'a registration that is disposed has no listeners; during a drain, that goes on, and so does the process',
    async run({ gate, script }) {
      const { stdout, exitCode } = await script(`
        const executor = createExecutor({ maxWorkers: 1 });
        const count = () => process.listenerCount('SIGTERM') + process.listenerCount('SIGINT');
        const registration = core.shutdownOnSignal(executor);
        console.log(count());
        registration[Symbol.dispose]();
        registration[Symbol.dispose]();
        console.log(count(), executor.state);
      `);
      assert.deepEqual({ stdout, exitCode }, { stdout: '2\n0 running\n', exitCode: 0 });
      const door = await gate();
      const during = await script(
        `${waitingScript(door, 'const registration = core.shutdownOnSignal(executor);')}
          registration[Symbol.dispose]();
          console.log('disposed', process.listenerCount('SIGTERM'));
          await executor.shutdown();
          setTimeout(() => console.log('going on'), 20);
        `,
        atLines({
          ready: (pid) => void door.waiting(1).then(() => process.kill(pid, 'SIGTERM')),
          'disposed 0': () => door.open(),
        }),
      );
      const lines = ['ready', 'draining', 'disposed 0', 'first', 'second', 'going on', ''];
      assert.deepEqual([during.stdout, during.exitCode], [lines.join('\n'), 0]);
    },
  },
  {
    id: 'X8-listeners-afterwards',
    rule: 'X8',
    title: 'after the drain its listeners are gone, and those of others are there',
    async run({ script }) {
      const { stdout, exitCode } = await script(
        `
          const executor = createExecutor({ maxWorkers: 1 });
          await executor.submit(tasks.basics.nothing);
          core.shutdownOnSignal(executor);
          const hold = setInterval(() => {}, 1000);
          process.on('SIGINT', async () => {
            await executor.shutdown();
            while (process.listenerCount('SIGTERM') > 0) await new Promise((resolve) => setTimeout(resolve, 2));
            console.log(process.listenerCount('SIGINT'), process.exitCode);
            clearInterval(hold);
          });
          console.log('ready');
        `,
        atLines({ ready: (pid) => process.kill(pid, 'SIGINT') }),
      );
      assert.deepEqual({ stdout, exitCode }, { stdout: 'ready\n1 130\n', exitCode: 130 });
    },
  },
  {
    id: 'S14-shutdown-on-signal',
    rule: 'S14',
    title: 'shutdownOnSignal() throws a TypeError or RangeError that names what is wrong, and listens to nothing',
    async run({ create }) {
      const executor = create({ maxWorkers: 1 });
      const listeners = () => process.listenerCount('SIGTERM') + process.listenerCount('SIGINT');
      const before = listeners();
      const wrong: readonly [unknown, unknown, typeof TypeError | typeof RangeError, RegExp][] = [
        [undefined, {}, TypeError, /executors must be an executor or an array of them, got undefined/],
        [[executor, {}], {}, TypeError, /executors must be .* got \{\}/],
        [executor, { timeout: -1 }, RangeError, /timeout must be ms from 0, or Infinity, got -1/],
        [executor, { timeout: '1' }, TypeError, /timeout must be .* got '1'/],
        [executor, { signals: 'SIGTERM' }, TypeError, /signals must be an array .* got 'SIGTERM'/],
        [executor, { signals: [] }, TypeError, /signals must be an array of one or more .* got \[\]/],
        [executor, { signals: ['SIGTERM', 'SIGTERMINATE'] }, TypeError, /signals must be .*'SIGTERMINATE'/],
        [executor, { signals: ['SIGKILL'] }, TypeError, /signals must be .*'SIGKILL'/],
        [executor, { signal: 'SIGTERM' }, TypeError, /unknown option 'signal'; there are signals, timeout/],
      ];
      for (const [executors, options, type, message] of wrong) {
        const register = () => Reflect.apply(shutdownOnSignal, undefined, [executors, options]);
        assert.throws(register, (error) => error instanceof type && message.test(error.message), String(message));
      }
      assert.equal(listeners(), before);
    },
  },
  {
    id: 'X8-lease',
    rule: 'X8',
    title: 'of a lease of the default executor, the whole executor drains: what run() was given, too',
    kinds: ['thread'],
    async run({ gate, script }) {
      const door = await gate();
      const { stdout, exitCode, signal } = await script(
        `
          ${drainingText}
          const executor = createExecutor({ maxWorkers: 1 });
          core.setDefaultExecutor(executor);
          core.shutdownOnSignal(core.getDefaultExecutor());
          core.run(tasks.basics.waitAndReturn, ${JSON.stringify(door.handle)}, 'done').then(console.log);
          console.log('ready');
          await draining(executor);
        `,
        atLines({
          ready: (pid) => void door.waiting(1).then(() => process.kill(pid, 'SIGTERM')),
          draining: () => door.open(),
        }),
      );
      assert.deepEqual(
        { stdout, exitCode, signal },
        { stdout: 'ready\ndraining\ndone\n', exitCode: null, signal: 'SIGTERM' },
      );
    },
  },
];
