import { expect, test } from 'vitest';
import { IndexedHeap } from '../src/engine/indexed-heap.js';
import { Job, type JobOwner } from '../src/engine/job.js';
import { TaskQueue } from '../src/engine/task-queue.js';

const owner: JobOwner = { cancelJob: () => false, look() {}, jobStarted() {}, jobSettled() {}, jobLeft() {} };

function job(id: number, priority = 0): Job {
  const none = Number.POSITIVE_INFINITY;
  return new Job(owner, id, { module: 'node:test', name: 'test' }, [], {
    signals: [],
    timeout: none,
    runTimeout: none,
    priority,
    cancelGrace: 0,
    groups: [],
    highWaterMark: 1,
  });
}

function drain(queue: TaskQueue): number[] {
  const ids: number[] = [];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) ids.push(next.id);
  return ids;
}

test('S7: the highest priority comes first, and within one the order of submission', () => {
  const queue = new TaskQueue();
  [job(1), job(2, 5), job(3), job(4, -1), job(5, 5)].forEach((one) => {
    queue.push(one);
  });
  expect(queue.size).toBe(5);
  expect(drain(queue)).toEqual([2, 5, 1, 3, 4]);
  expect(queue.size).toBe(0);
});

test('a job is removed from anywhere, once', () => {
  const queue = new TaskQueue();
  const jobs = [1, 2, 3, 4].map((id) => job(id));
  jobs.forEach((one) => {
    queue.push(one);
  });
  for (const one of [jobs[1], jobs[0], jobs[3], jobs[3]]) if (one) queue.remove(one);
  expect(queue.size).toBe(1);
  expect(drain(queue)).toEqual([3]);
});

test('jobs that come late have the place of their submission, and can be removed from it', () => {
  const queue = new TaskQueue();
  const late = [job(2), job(6), job(1), job(4), job(3, 1)];
  for (const one of [job(5), job(7), ...late]) queue.push(one);
  expect(queue.oldest()?.id).toBe(1);
  if (late[3]) queue.remove(late[3]);
  expect(queue.size).toBe(6);
  expect(drain(queue)).toEqual([3, 1, 2, 5, 6, 7]);
  queue.push(job(9));
  expect(drain(queue)).toEqual([9]);
});

test('an emptied queue takes any priority, and has no job of an earlier one left', () => {
  const queue = new TaskQueue();
  for (const [id, priority] of [0, 0, 7, 7, -7, 0, 7].entries()) {
    queue.push(job(id, priority));
    expect(queue.oldest()?.id).toBe(id);
    expect(queue.shift()?.id).toBe(id);
    expect(queue.shift()).toBeUndefined();
    expect(queue.oldest()).toBeUndefined();
  }
  [job(10, -7), job(11), job(12, 7)].forEach((one) => {
    queue.push(one);
  });
  expect(drain(queue)).toEqual([12, 11, 10]);
});

test('the heap gives its items in order whatever was removed from its middle', () => {
  // A fixed linear congruential generator: the same numbers at each run.
  let seed = 42;
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return seed / 2 ** 31;
  };
  const heap = new IndexedHeap<{ key: number; heapIndex: number }>((a, b) => a.key < b.key);
  const items = Array.from({ length: 2000 }, () => ({ key: Math.floor(random() * 500), heapIndex: -1 }));
  items.forEach((item) => {
    heap.push(item);
  });
  const removed = new Set(items.filter(() => random() < 0.5));
  for (const item of removed) heap.remove(item);
  const left: number[] = [];
  for (let first = heap.first; first !== undefined; first = heap.first) {
    left.push(first.key);
    heap.remove(first);
  }
  expect(left).toEqual(
    items
      .filter((item) => !removed.has(item))
      .map((item) => item.key)
      .sort((a, b) => a - b),
  );
});

test('Q3: queueing and cancelling 200,000 jobs costs no more for each than a few do', () => {
  const cost = (count: number): number => {
    const queue = new TaskQueue();
    const jobs = Array.from({ length: count }, (_, id) => job(id, id % 7));
    const start = performance.now();
    for (const one of jobs) queue.push(one);
    for (const one of jobs) queue.remove(one);
    return (performance.now() - start) / count;
  };
  cost(20_000);
  const few = Math.min(cost(2000), cost(2000), cost(2000));
  // Quadratic would be a hundred times as much; the factor leaves room for caches and a busy machine.
  expect(cost(200_000) / few).toBeLessThan(30);
});
