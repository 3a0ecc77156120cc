import type { Call } from '@anypool/core/backend';
import { type ServeChannel, serve } from '@anypool/core/worker';
import { expect, test } from 'vitest';

const channel: ServeChannel = { post() {}, onControl() {} };
const call: Call = { id: 1, module: 'node:path', name: 'basename', args: ['/work/images.js'] };

test('a call is served where nobody has said which worker this is', async () => {
  expect(await serve(call, channel)).toMatchObject({ id: 1, value: 'images.js' });
  expect(await serve({ ...call, id: 2, name: 'toNamespacedPath' }, channel)).toMatchObject({ id: 2 });
});
