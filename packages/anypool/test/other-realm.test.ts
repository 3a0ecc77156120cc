import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const loader = fileURLToPath(new URL('./fixtures/other-realm.mjs', import.meta.url));

const program = `
  import * as core from '@anypool/core';
  import { createExecutor } from '@anypool/native';

  const facts = {};
  const size = core.inlineTask((bytes) => bytes.length);
  const exception = core.inlineTask(() => new Map([['key', new DOMException('made', 'AbortError')]]));
  const fail = core.inlineTask(() => { throw new TypeError('thrown', { cause: new Uint8Array(3) }); });
  for (const kind of ['thread', 'process']) {
    const executor = createExecutor({ kind, maxWorkers: 1 });
    facts[kind] = {
      size: await executor.submit(size, new Uint8Array(5)),
      buffer: await executor.submit(size, Buffer.alloc(100_000)),
      name: (await executor.submit(exception)).get('key').name,
      error: await executor.submit(fail).catch((error) => [error instanceof TypeError, error.message, error.cause.length]),
      exit: await executor.submit(core.inlineTask(() => process.exit(3))).catch((error) => error.exitCode),
      state: (await core.wait([executor.submit(size, [])])).done.size,
    };
    await executor.shutdown();
  }
  console.log(JSON.stringify(facts));
`;

test('S4: where a test runner has made a realm of its own for the caller, all goes as elsewhere', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--no-warnings',
    '--experimental-vm-modules',
    loader,
    program,
  ]);
  const facts = { size: 5, buffer: 100_000, name: 'AbortError', error: [true, 'thrown', 3], exit: 3, state: 1 };
  expect(JSON.parse(stdout)).toEqual({ thread: facts, process: facts });
});
