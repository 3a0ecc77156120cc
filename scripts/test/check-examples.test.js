import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkExamples } from '../check-examples.js';
import { copy } from './workspace-copy.js';

/** What is said of a workspace in which these texts stand in place of those. */
async function failuresWith(...edits) {
  const folder = copy();
  for (const [file, before, after] of edits) {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(before)) throw new Error(`${file} has no ${before}`);
    writeFileSync(path, text.replace(before, after));
  }
  return (await checkExamples(folder)).failures.join('\n');
}

test('an example that does not compile is found, in a README, a named file of it, and doc comments', async () => {
  const failures = await failuresWith(
    ['README.md', "run(work.sha256, 'some text')", 'run(work.sha256, 5)'],
    ['README.md', ".update(text).digest('hex')", '.update(text).digest(5)'],
    ['packages/conformance/README.md', 'jobs: 2', 'job: 2'],
    [
      'packages/core/src/tasks.ts',
      ' * await executor.submit(add, 1, 2); // 3',
      " * await executor.submit(add, 1, '2');",
    ],
    ['packages/tinypool/src/index.ts', 'maxWorkers: 4 });', 'maxWorker: 4 });'],
    ['packages/core/src/wait.ts', 'of asCompleted(futures)', 'of asFinished(futures)'],
  );
  for (const place of [
    /^README\.md:\d+\(.*'number' is not assignable/m,
    /^README\.md:\d+\(.*'BinaryToTextEncoding'/m,
    /^packages\/conformance\/README\.md:\d+\(.*'job'/m,
    /^packages\/core\/src\/tasks\.ts:\d+\(.*'string' is not assignable/m,
    /^packages\/tinypool\/src\/index\.ts:\d+\(.*'maxWorker'/m,
    /^packages\/core\/src\/wait\.ts:\d+\(.*'asFinished'/m,
  ]) {
    expect(failures).toMatch(place);
  }
});

test('a quotation that is not what the worked example says is found', async () => {
  const failures = await failuresWith([
    'examples/bare-worker-threads/src/worker.ts',
    'const reply: Reply =',
    'const answer: Reply =',
  ]);
  expect(failures).toMatch(/^ADAPTERS\.md: this is not in examples\/bare-worker-threads\/src\/worker\.ts:/m);
});

test('a README does not see what is declared for doc comments', async () => {
  const failures = await failuresWith(['packages/core/README.md', 'await using executor = inlineExecutor();', '']);
  expect(failures).toMatch(/^packages\/core\/README\.md:\d+\(.*'executor'/m);
});

test('an example of a README that fails when it runs is found', async () => {
  const failures = await failuresWith([
    'packages/core/README.md',
    "'some text');",
    "'some text');\nthrow new Error('broken');",
  ]);
  expect(failures).toMatch(/^packages\/core\/README\.md:\d+: ended with code 1\n[\s\S]*Error: broken/);
});
