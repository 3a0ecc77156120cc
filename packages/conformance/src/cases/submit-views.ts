import assert from 'node:assert/strict';
import { partial, type Submitter } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { assertCode, errorOf } from './outcomes.js';
import { reasonOf } from './rejection.js';

/** S13: views made by `with()`. */
export const viewCases: readonly ConformanceCase[] = [
  {
    id: 'S13-same-methods',
    rule: 'S13',
    title: 'a view submits, maps, binds and makes views, as the executor does',
    async run({ create, tasks: { basics } }) {
      const view = create({ maxWorkers: 2 }).with({ priority: 1, timeout: 60_000, runTimeout: 60_000 });
      assert.equal(await view.submit(basics.add, 1, 2), 3);
      const results = [];
      for await (const result of view.map(basics.echo, ['a', 'b'])) results.push(result);
      assert.deepEqual(results, ['a', 'b']);
      const bound = view.bind(basics);
      assert.equal(await bound.add(3, 4), 7);
      // Who prints it or writes it down calls no task.
      assert.deepEqual([`${bound}`, JSON.stringify({ bound })], ['[object BoundTasks]', '{"bound":{}}']);
      assert.equal(await view.with({}).submit(basics.addLater, 5, 6), 11);
    },
  },
  {
    id: 'S13-immutable',
    rule: 'S13',
    title:
      'making a view changes neither the executor nor the view it is made of, and a view ignores later changes of its options',
    async run({ create, gate, tasks: { basics }, trace }) {
      const [latch, started] = [await gate(), trace()];
      const executor = create({ maxWorkers: 1 });
      const blocker = executor.submit(basics.waitAt, latch.handle);
      await latch.waiting(1);
      const options = { priority: 1 };
      const view = executor.with(options);
      view.with({ priority: 5 });
      options.priority = -5;
      const futures = [
        executor.submit(basics.leaveTrace, started.handle, 'executor'),
        view.submit(basics.leaveTrace, started.handle, 'view'),
        executor.with({ priority: 2 }).submit(basics.leaveTrace, started.handle, 'other view'),
      ];
      latch.open();
      await Promise.all([blocker, ...futures]);
      assert.deepEqual(started.lines(), ['other view', 'view', 'executor']);
    },
  },
  {
    id: 'S13-innermost-wins',
    rule: 'S13',
    title: 'where views nest, the innermost option wins; one not given, or undefined, is that of the outer view',
    async run({ create, gate, tasks: { basics }, trace }) {
      const [latch, started] = [await gate(), trace()];
      const executor = create({ maxWorkers: 1 });
      const blocker = executor.submit(basics.waitAt, latch.handle);
      await latch.waiting(1);
      const hasty = executor.with({ timeout: 1, priority: 3 });
      const late = hasty.submit(basics.leaveTrace, started.handle, 'too late');
      const patient = hasty.with({ timeout: Number.POSITIVE_INFINITY });
      const futures = [
        executor.with({ priority: 2 }).submit(basics.leaveTrace, started.handle, '2'),
        hasty.with({ timeout: 60_000, priority: 1 }).submit(basics.leaveTrace, started.handle, '1'),
        patient.submit(basics.leaveTrace, started.handle, '3'),
        patient.with({ priority: undefined }).submit(basics.leaveTrace, started.handle, '3 again'),
      ];
      await assertCode(late, 'ERR_TASK_TIMEOUT'); // so the outer limit is past for the others as well
      latch.open();
      await Promise.all([blocker, ...futures]);
      assert.deepEqual(started.lines(), ['3', '3 again', '2', '1']);
    },
  },
  {
    id: 'S13-run-timeout-nests',
    rule: 'S13',
    title: 'an inner runTimeout replaces the outer one',
    async run({ create, gate, tasks: { basics } }) {
      const latch = await gate();
      const hasty = create({ maxWorkers: 2 }).with({ runTimeout: 1 });
      const patient = hasty.with({ runTimeout: Number.POSITIVE_INFINITY }).submit(basics.waitAt, latch.handle);
      await latch.waiting(1);
      await assertCode(hasty.submit(basics.waitAt, latch.handle), 'ERR_TASK_TIMEOUT');
      latch.open();
      await patient;
    },
  },
  {
    id: 'S13-signals-combine',
    rule: 'S13',
    title:
      'signals of nested views combine: any of them cancels, with its own reason, and only what went through its view',
    async run({ create, gate, tasks: { basics } }) {
      const latch = await gate();
      const executor = create({ maxWorkers: 1 });
      const blocker = executor.submit(basics.waitAt, latch.handle);
      await latch.waiting(1);
      const [outer, inner] = [new AbortController(), new AbortController()];
      const outerView = executor.with({ signal: outer.signal });
      const both = [
        outerView.with({ signal: inner.signal }),
        outerView.with({ priority: 1 }).with({ signal: inner.signal }),
      ];
      const innerFutures = both.map((view) => view.submit(basics.nothing));
      const outerFuture = outerView.with({}).submit(basics.nothing);
      inner.abort('inner');
      assert.deepEqual(await Promise.all(innerFutures.map(reasonOf)), ['inner', 'inner']);
      assert.equal(outerFuture.state, 'queued');
      outer.abort('outer');
      assert.equal(await reasonOf(outerFuture), 'outer');
      assert.equal(
        await reasonOf(
          executor.with({ signal: inner.signal }).with({ signal: new AbortController().signal }).submit(basics.nothing),
        ),
        'inner',
      );
      latch.open();
      await blocker;
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'S13-map-through-a-view',
    rule: 'S13',
    title: 'the options of a view hold for each item of its map',
    async run({ create, gate, tasks: { basics } }) {
      const latch = await gate();
      const executor = create({ maxWorkers: 1 });
      const controller = new AbortController();
      const results = executor.with({ signal: controller.signal }).map(basics.waitAt, [latch.handle, latch.handle]);
      const first = results.next();
      await latch.waiting(1);
      controller.abort('enough');
      assert.equal(await reasonOf(first), 'enough');
      latch.open();
      const late = executor.with({ runTimeout: 1 }).map(basics.waitAt, [(await gate()).handle]);
      assert.equal((await errorOf(late.next())).name, 'TimeoutError');
    },
  },
  {
    id: 'S13-priority-of-a-map',
    rule: 'S13',
    title: 'the priority of a view holds for its maps, with chunks and without, and for its streams',
    async run({ capabilities, create, gate, tasks: { basics, streams }, trace }) {
      for (const chunkSize of [1, 2]) {
        const [latch, started] = [await gate(), trace()];
        const executor = create({ maxWorkers: 1 });
        const blocker = executor.submit(basics.waitAt, latch.handle);
        await latch.waiting(1);
        const first = (view: Submitter, name: string) =>
          view.map(partial(basics.leaveTrace, started.handle), Array(chunkSize).fill(name), { chunkSize }).next();
        const results = [
          first(executor.with({ priority: -1 }), 'low'),
          first(executor, 'none'),
          first(executor.limit(1).with({ priority: 2 }), 'limited'),
          first(executor.with({ priority: 3 }).with({ timeout: 60_000 }), 'high'),
          executor.scope((group) => first(group.with({ priority: 4 }), 'scoped')),
        ];
        const items = executor.with({ priority: 5 }).stream(streams.endless, started.handle);
        const item = capabilities.stream ? items.next() : undefined;
        const waiting = results.length + (capabilities.stream ? 1 : 0);
        while (executor.stats().queued < waiting) await new Promise((resolve) => setImmediate(resolve));
        latch.open();
        await item;
        await items.return?.();
        await Promise.all([blocker, ...results]);
        const names = ['scoped', 'high', 'limited', 'none', 'low'];
        if (capabilities.stream) names.unshift('0');
        assert.deepEqual([...new Set(started.lines().filter((line) => names.includes(line)))], names);
      }
    },
  },
  {
    id: 'S13-cheap',
    rule: 'S13',
    title: 'a view for each of 100,000 calls is no burden',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      let view = executor.with({ priority: 0 });
      for (let i = 0; i < 100_000; i += 1) view = executor.with({ priority: i });
      assert.equal(await view.submit(basics.add, 1, 2), 3);
    },
  },
];
