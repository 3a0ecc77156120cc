import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { follow, unfollow } from '../src/engine/abort-listeners.js';

test('C6: many targets share one listener, which goes with the last of them', () => {
  const { signal } = new AbortController();
  const targets = Array.from({ length: 1000 }, () => ({ cancel() {} }));
  for (const target of targets) follow(signal, target);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  for (const target of targets.slice(1)) unfollow(signal, target);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  for (const target of targets) unfollow(signal, target);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('C6: all targets are cancelled with the reason, one that another cancels on the way included', () => {
  const controller = new AbortController();
  const cancelled: unknown[] = [];
  const second = { cancel: (reason: unknown) => void cancelled.push(reason) };
  const first = {
    cancel(reason: unknown) {
      cancelled.push(reason);
      unfollow(controller.signal, second);
    },
  };
  follow(controller.signal, first);
  follow(controller.signal, second);
  controller.abort('stop');
  expect(cancelled).toEqual(['stop', 'stop']);
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
});
