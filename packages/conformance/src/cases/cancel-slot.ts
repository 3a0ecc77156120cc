import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import { moving } from './moving.js';
import { reasonOf } from './rejection.js';

export const cancelSlotCases: readonly ConformanceCase[] = [
  {
    id: 'C4-rejects-at-once',
    rule: 'C4',
    title: 'a running task that is cancelled rejects while it still runs',
    async run({ create, tasks: { control }, gate, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      const [door, log] = [await gate(), trace()];
      const future = executor.submit(control.endAt, door.handle, log.handle, 'return');
      await door.waiting(1);
      future.cancel('now');
      assert.equal(future.state, 'cancelled');
      assert.equal(await reasonOf(future), 'now');
      assert.deepEqual(log.lines(), []);
      door.open();
      await log.until(1);
    },
  },
  {
    id: 'C4-slot-stays-busy',
    rule: 'C4',
    title: 'the next task starts only when the cancelled one has really ended',
    async run({ create, tasks: { control }, gate, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      const [door, log] = [await gate(), trace()];
      const first = executor.submit(control.span, log.handle, 'first', door.handle);
      const second = executor.submit(control.span, log.handle, 'second', door.handle);
      await door.waiting(1);
      first.cancel();
      await assert.rejects(first, { code: 'ERR_CANCELLED' });
      assert.equal(second.state, 'queued');
      door.open();
      await second;
      assert.deepEqual(log.lines(), ['start first', 'end first', 'start second', 'end second']);
    },
  },
  {
    id: 'C4-next-task-follows-the-exit',
    rule: 'C4',
    title: 'where a task is stopped by force, the next starts only when the process of the first is gone',
    requires: ['terminate'],
    kinds: ['process'],
    async run({ create, tasks: { basics, control }, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: 0 });
      const log = trace();
      const { pid } = await executor.submit(basics.place);
      const loop = executor.submit(control.spinForever, log.handle);
      const next = executor.submit(control.isProcessThere, pid);
      await log.until(1);
      loop.cancel();
      await assert.rejects(loop, { code: 'ERR_CANCELLED' });
      assert.equal(await next, false);
    },
  },
  {
    id: 'C4-next-task-follows-the-thread',
    rule: 'C4',
    title: 'where a task is stopped by force, the next starts only when the thread of the first does nothing any more',
    requires: ['terminate', 'sharedMemory'],
    kinds: ['thread'],
    async run({ create, tasks: { values } }) {
      const executor = create({ maxWorkers: 1, cancelGrace: 0 });
      const counter = new Int32Array(new SharedArrayBuffer(4));
      const loop = executor.submit(values.countForever, counter);
      const next = executor.submit(values.movement, counter, 50);
      await moving(counter);
      loop.cancel();
      await assert.rejects(loop, { code: 'ERR_CANCELLED' });
      assert.equal(await next, 0);
    },
  },
  {
    id: 'C4-late-end-is-ignored',
    rule: 'C4',
    title: 'what a cancelled task still returns or throws changes nothing and surfaces nowhere',
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(`
        import { mkdtempSync } from 'node:fs';
        import { createServer } from 'node:net';
        const executor = createExecutor({ maxWorkers: 1, cancelGrace: Infinity });
        for (const end of ['return', 'throw']) {
          let arrived;
          const arrival = new Promise((resolve) => { arrived = resolve; });
          let socket;
          const server = createServer((connection) => { socket = connection.on('error', () => {}); arrived(); });
          await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
          const file = mkdtempSync('gate-') + '/trace';
          const future = executor.submit(tasks.control.endAt, { port: server.address().port, file }, { file }, end);
          await arrival;
          future.cancel('cancelled');
          console.log(await future.catch((reason) => reason), future.state);
          socket.end('open');
          console.log(await executor.submit(tasks.basics.add, 1, 2), future.state);
          server.close();
        }
        await executor.shutdown();
      `);
      assert.deepEqual(
        { stdout, stderr, exitCode },
        { stdout: 'cancelled cancelled\n3 cancelled\n'.repeat(2), stderr: '', exitCode: 0 },
      );
    },
  },
  {
    id: 'C4-unawaited-cancel-is-silent',
    rule: 'C4',
    title: 'a cancelled Future that nobody awaits is no unhandled rejection, queued or running',
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(`
        const executor = createExecutor({ maxWorkers: 1 });
        await executor.submit(tasks.basics.nothing);
        const running = executor.submit(tasks.basics.addLater, 1, 2);
        executor.submit(tasks.basics.add, 1, 2).cancel(new Error('queued'));
        running.cancel(new Error('running'));
        executor.with({ signal: AbortSignal.abort() }).submit(tasks.basics.nothing);
        await executor.shutdown();
        console.log('end');
      `);
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'end\n', stderr: '', exitCode: 0 });
    },
  },
];
