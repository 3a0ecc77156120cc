import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import { errorOf, untilState } from './outcomes.js';

/** S3: the states that a Future goes through. */
export const stateCases: readonly ConformanceCase[] = [
  {
    id: 'S3-queued-running-fulfilled',
    rule: 'S3',
    title: 'a Future is queued, then running, then fulfilled',
    async run({ create, gate, tasks: { basics } }) {
      const [first, second] = [await gate(), await gate()];
      const executor = create({ maxWorkers: 1 });
      const blocker = executor.submit(basics.waitAt, first.handle);
      const future = executor.submit(basics.waitAt, second.handle);
      await first.waiting(1);
      assert.equal(future.state, 'queued');
      first.open();
      await blocker;
      assert.equal(blocker.state, 'fulfilled');
      await second.waiting(1);
      await untilState(future, 'running');
      second.open();
      await future.then(() => assert.equal(future.state, 'fulfilled'));
    },
  },
  {
    id: 'S3-final-states',
    rule: 'S3',
    title: 'a failed task is rejected, a cancelled one cancelled, and so it stays',
    async run({ create, gate, tasks: { basics, errors } }) {
      const latch = await gate();
      const executor = create({ maxWorkers: 1 });
      const failing = executor.submit(errors.raise, 'error');
      await failing.catch(() => assert.equal(failing.state, 'rejected'));
      const running = executor.submit(basics.waitAt, latch.handle);
      const queued = executor.submit(basics.add, 1, 2);
      const late = executor.with({ timeout: 1 }).submit(basics.add, 1, 2);
      await Promise.all([errorOf(late), latch.waiting(1)]);
      assert.equal(late.state, 'rejected', 'queued > rejected');
      assert.ok(queued.cancel() && running.cancel());
      await Promise.all([errorOf(queued), errorOf(running)]);
      assert.deepEqual([queued.state, running.state], ['cancelled', 'cancelled']);
      latch.open(); // the task itself now ends well, which changes nothing
      await executor.submit(basics.nothing);
      assert.equal(failing.cancel() || queued.cancel() || running.cancel() || late.cancel(), false);
      const states = [failing, queued, running, late].map((future) => future.state);
      assert.deepEqual(states, ['rejected', 'cancelled', 'cancelled', 'rejected']);
    },
  },
  {
    id: 'S3-states-only-move-forward',
    rule: 'S3',
    title: 'seen at every turn of the event loop, no state ever goes back',
    async run({ create, tasks: { basics, errors } }) {
      const executor = create({ maxWorkers: 2 });
      const futures = Array.from({ length: 20 }, (_, index) =>
        index % 3 === 0 ? executor.submit(errors.raiseLater, 'error') : executor.submit(basics.addLater, index, 1),
      );
      futures[5]?.cancel();
      const seen = futures.map((future) => [future.state]);
      const look = () => {
        for (const [index, { state }] of futures.entries()) {
          if (seen[index]?.at(-1) !== state) seen[index]?.push(state);
        }
      };
      let isOver = false;
      void Promise.allSettled(futures).then(() => {
        isOver = true;
      });
      while (!isOver) {
        look();
        await new Promise((resolve) => setImmediate(resolve));
      }
      look();
      for (const states of seen)
        assert.match(states.join(' '), /^(queued )?(running )?(fulfilled|rejected|cancelled)$/);
    },
  },
];
