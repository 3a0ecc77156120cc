import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AdapterError,
  type CaseReport,
  conformanceCases,
  type KnownGap,
  OptionError,
  type RunOptions,
  runConformance,
} from '@anypool/conformance';
import { inlineExecutor } from '@anypool/core';
import { afterAll, describe, test } from 'vitest';
import { adapterFile, folder, posingAdapter, removeFolder, unusableAdapters, urlOf } from './adapter-files.js';

const core = import.meta.resolve('@anypool/core');
const inline = { module: core, kinds: ['inline'] } as const;
/** Of the cases' caps, a second or less. */
const brief = 0.03;

afterAll(removeFolder);

async function resultOf(options: RunOptions): Promise<CaseReport> {
  const { results } = await runConformance(options);
  assert.equal(results.length, 1);
  const [result] = results;
  assert.ok(result);
  return result;
}

describe('a report', () => {
  test('it says what was run, and has the results in the order of the suite', async () => {
    const seen: string[] = [];
    let announced = 0;
    const report = await runConformance({
      ...inline,
      cases: ['S6', 'S1'],
      jobs: 2,
      onStart: (total) => {
        announced = total;
      },
      onResult: ({ id }) => seen.push(id),
    });
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    assert.deepEqual([report.suite, report.node], [version, process.version]);
    assert.ok(Math.abs(Date.parse(report.date) - Date.now()) < 60_000);
    assert.deepEqual(report.adapter, { module: core, name: '@anypool/core', version });
    const ids = report.results.map(({ id }) => id);
    const expected = conformanceCases.filter(
      ({ kinds, rule }) => /^S[16]$/.test(rule) && (kinds?.includes('inline') ?? true),
    );
    assert.deepEqual(
      ids,
      expected.map(({ id }) => id),
    );
    assert.deepEqual([...seen].sort(), [...ids].sort());
    assert.equal(announced, ids.length);
    for (const { error, kind, ms, status } of report.results)
      assert.deepEqual([error, kind, status, ms > 0], [undefined, 'inline', 'passed', true]);
    assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
  });

  test('a case that does not apply is in it, with the reason', async () => {
    const testCase = conformanceCases.find((one) => one.requires?.join() === 'transfer' && one.kinds === undefined);
    const { reason, status } = await resultOf({ ...inline, cases: [testCase?.id ?? ''] });
    assert.deepEqual([status, reason], ['skipped', 'needs the capability transfer']);
  });

  test('a failure has what was expected and what was seen, of bounded length', async () => {
    const module = urlOf(posingAdapter(`{ submit: () => Promise.resolve('x'.repeat(100_000)) }`));
    const { error, status } = await resultOf({ module, cases: ['S6-empty-results'] });
    assert.equal(status, 'failed');
    assert.equal(error?.name, 'AssertionError');
    assert.match(error.actual ?? '', /xxx/);
    assert.notEqual(error.expected, undefined);
    for (const text of Object.values(error)) assert.ok(text.length < 2100);
  });

  test('what compares times comes last', async () => {
    const seen: string[] = [];
    const cases = ['C8-costs-as-much-as-submitting', 'S6'];
    await runConformance({ ...inline, cases, jobs: 2, onResult: ({ id }) => seen.push(id) });
    assert.equal(seen.at(-1), 'C8-costs-as-much-as-submitting');
    assert.equal(seen.length, 5);
  });

  test('there are never more jobs than cases', async () => {
    const { status } = await resultOf({ ...inline, cases: ['S6-empty-results'], jobs: 1e9 });
    assert.equal(status, 'passed');
  });

  test('executors that are made by a function run in this process', async () => {
    let made = 0;
    const createExecutor = () => {
      made += 1;
      return inlineExecutor();
    };
    const { status } = await resultOf({ ...inline, cases: ['S6-empty-results'], createExecutor });
    assert.equal(status, 'passed');
    assert.ok(made >= 2);
  });

  test('without kinds, it is about those that are offered', async () => {
    const { adapter, results } = await runConformance({
      module: urlOf(posingAdapter()),
      cases: ['S6'],
      name: 'posing',
    });
    assert.deepEqual([...new Set(results.map(({ kind }) => kind))], ['thread']);
    assert.equal(adapter.name, 'posing');
  });
});

describe('what is wrong', () => {
  for (const [what, file, message] of unusableAdapters()) {
    test(`a module that ${what} is an AdapterError of one line`, async () => {
      const error = await runConformance({ module: urlOf(file), timeScale: brief, kinds: ['thread'] }).then(
        () => assert.fail('It ran.'),
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof AdapterError, String(error));
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
    });
  }

  test('a kind that is not offered is an AdapterError, and so is a name that is no URL', async () => {
    const module = urlOf(posingAdapter());
    await assert.rejects(
      runConformance({ module, kinds: ['process'] }),
      /offers no executors of kind 'process': only threads/,
    );
    for (const wrong of ['tinypool', 'file://host/x.js', undefined, new URL(module)])
      await assert.rejects(runConformance({ module: wrong as string }), AdapterError);
  });

  test('cases, time scales, jobs and gaps that make no sense are OptionErrors', async () => {
    const gap = { rule: 'S6', reason: 'for this test' };
    const wrong: readonly [object, RegExp][] = [
      [{ cases: ['S6', 'S600'] }, /no case and no rule 'S600'/],
      [{ cases: [] }, /cases: expected one at least, got none/],
      [{ kinds: [] }, /kinds: expected one at least, got none/],
      [{ timeScale: 0 }, /timeScale: expected a positive number of at most 1000, got 0/],
      [{ timeScale: 1e5, cases: ['S6'] }, /timeScale: expected a positive number of at most 1000, got 100000/],
      [{ jobs: 2, createExecutor: () => inlineExecutor() }, /jobs: with createExecutor/],
      [{ jobs: 1.5 }, /jobs: expected a whole number of at least 1, got 1.5/],
      [{ knownGaps: { S6: 'x' } }, /knownGaps: expected a list of gaps/],
      [{ knownGaps: [gap, 'S6'] }, /knownGaps\[1\]: expected \{ rule, reason, … \}, got 'S6'/],
      [{ knownGaps: [{ rule: 'S6' }] }, /knownGaps\[0\]\.reason: expected a text, got undefined/],
      [{ knownGaps: [{ ...gap, rule: 'S99' }] }, /knownGaps\[0\]\.rule: no case is about a rule 'S99'/],
      [{ knownGaps: [{ ...gap, case: 'S1-x' }] }, /knownGaps\[0\]\.case: rule S6 has no case 'S1-x'/],
      [
        { knownGaps: [gap, { ...gap, kind: 'thread' }, { ...gap, reason: 'another' }] },
        /knownGaps\[2\]: this gap is given already, as knownGaps\[0\]/,
      ],
      [
        { knownGaps: [{ ...gap, rule: 'W11', kind: 'thread' }] },
        /knownGaps\[0\]\.kind: no case of W11 is for kind 'thread'/,
      ],
      [
        { knownGaps: [{ ...gap, rule: 'O4', case: 'O4-values-arrive', kind: 'remote' }] },
        /knownGaps\[0\]\.kind: O4-values-arrive is not for kind 'remote'/,
      ],
      [{ knownGaps: [{ ...gap, why: 'x' }] }, /knownGaps\[0\]: unknown field 'why'/],
      [
        { knownGaps: [{ ...gap, kind: 'fibre' }] },
        /knownGaps\[0\]\.kind: expected thread, process, inline, remote, got 'fibre'/,
      ],
      [{ knownGaps: new URL('absent.json', urlOf(`${folder}/`)) }, /absent\.json cannot be read/],
      [
        { knownGaps: new URL('https://example.org/gaps') },
        /https:\/\/example\.org\/gaps cannot be read: TypeError: The URL must be of scheme file/,
      ],
    ];
    for (const [options, message] of wrong)
      await assert.rejects(runConformance({ ...inline, ...options }), (error) => {
        assert.ok(error instanceof OptionError);
        assert.match(error.message, message);
        return true;
      });
  });
});

describe('a case that does harm', () => {
  const only = { cases: ['S6-empty-results'], timeScale: brief };

  test('one that hangs is ended, and the next one runs', async () => {
    const module = urlOf(posingAdapter(`{ submit: () => new Promise(() => {}) }`));
    const cases = ['S6-empty-results', 'S14-wrong-carriers'];
    const { results } = await runConformance({ ...only, cases, module });
    assert.equal(results[0]?.status, 'hang');
    assert.match(results[0].error?.message ?? '', /hang: S6-empty-results hangs/);
    assert.equal(results[1]?.status, 'passed');
  });

  test('one that blocks its process has hung', async () => {
    const module = urlOf(posingAdapter(`{ submit() { while (true); } }`));
    const { error, status } = await resultOf({ ...only, module });
    assert.equal(status, 'hang');
    assert.match(error?.message ?? '', /hang: S6-empty-results blocks its process/);
  });

  test('one that ends its process fails, with what the process wrote, and another process goes on', async () => {
    const module = urlOf(posingAdapter(`{ submit() { console.error('last words'); process.exit(7); } }`));
    const { results } = await runConformance({ module, cases: ['S6'], timeScale: brief });
    assert.ok(results.length > 1);
    for (const { error, status } of results) {
      assert.equal(status, 'failed');
      assert.match(error?.message ?? '', /^The process that ran the case ended with exit code 7:\nlast words/);
    }
  });

  test('one that leaves an unhandled rejection fails, and not the next one', async () => {
    const submit = `submit(task, ...args) { if (task.name === 'echo') void Promise.reject(new Error('left behind')); return inlineExecutor().submit(task, ...args); }`;
    const { results } = await runConformance({ module: urlOf(posingAdapter(`{ ${submit} }`)), cases: ['S6'] });
    const failed = results.filter(({ status }) => status === 'failed');
    assert.ok(failed.length > 0 && failed.length < results.length);
    for (const { error } of failed) assert.match(error?.message ?? '', /exit code 1:\n[\s\S]*Error: left behind/);
  });

  test('what an adapter sends to the parent of its process is no answer of the suite', async () => {
    const messages = [
      'ready',
      null,
      { type: 'offered', offered: [] },
      { type: 'ended', end: { status: 'passed', ms: 0 } },
    ];
    const send = `for (const message of ${JSON.stringify(messages)}) process.send(message);`;
    const module = urlOf(
      adapterFile(`
        ${send}
        process.on('message', (message) => process.send(message));
        export const createExecutor = () => posing(inlineExecutor(), { kind: 'thread', submit() { ${send} return Promise.resolve('wrong'); } });`),
    );
    const { error, status } = await resultOf({ ...only, module, kinds: ['thread'] });
    assert.deepEqual([status, error?.name], ['failed', 'AssertionError']);
  });

  test('a run that is broken off rejects with the reason, and its process is gone', async () => {
    const file = join(folder, 'pid');
    const write = `(await import('node:fs')).writeFileSync(${JSON.stringify(file)}, String(process.pid))`;
    writeFileSync(file, '');
    const module = urlOf(
      adapterFile(
        `${write}; export const createExecutor = () => posing(inlineExecutor(), { kind: 'thread', submit: () => new Promise(() => {}) });`,
      ),
    );
    const ending = new AbortController();
    const reason = new Error('enough');
    const run = runConformance({
      module,
      kinds: ['thread'],
      cases: ['S6'],
      signal: ending.signal,
      onStart: () => ending.abort(reason),
    });
    await assert.rejects(run, (error) => error === reason);
    const pid = Number(readFileSync(file, 'utf8'));
    assert.ok(pid > 0);
    assert.throws(() => process.kill(pid, 0));
  });
});

describe('known gaps', () => {
  const broken = () => urlOf(posingAdapter(`{ submit: () => Promise.resolve('wrong') }`));

  async function statuses(options: RunOptions): Promise<Record<string, string>> {
    const { results } = await runConformance(options);
    return Object.fromEntries(results.map(({ id, status }) => [id, status]));
  }

  test('a case that fails as is known is no failure, and says why', async () => {
    const gap: KnownGap = {
      rule: 'S6',
      case: 'S6-empty-results',
      reason: 'for this test',
      link: 'https://example.org/1',
      version: '2.2',
    };
    const result = await resultOf({ module: broken(), cases: ['S6-empty-results'], knownGaps: [gap] });
    assert.deepEqual(
      [result.status, result.reason],
      ['known gap', 'for this test; version 2.2; https://example.org/1'],
    );
    assert.equal(result.error?.name, 'AssertionError');
  });

  test('a signal that outlives the run has no listener left', async () => {
    const { signal } = new AbortController();
    await resultOf({ ...inline, cases: ['S6-empty-results'], signal });
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  test('a case that passes all the same is a failure, though not on another kind', async () => {
    const gap: KnownGap = { rule: 'S6', case: 'S6-empty-results', reason: 'for this test' };
    const options = { ...inline, cases: ['S6-empty-results'] };
    assert.equal((await resultOf({ ...options, knownGaps: [gap] })).status, 'unexpected pass');
    assert.equal((await resultOf({ ...options, knownGaps: [{ ...gap, kind: 'thread' }] })).status, 'passed');
  });

  test('of a rule some case must fail: if none does, that is a failure', async () => {
    const file = join(folder, 'gaps.json');
    writeFileSync(file, JSON.stringify([{ rule: 'S6', reason: 'for this test' }]));
    const knownGaps = new URL(urlOf(file));
    const all = await statuses({ ...inline, cases: ['S6'], knownGaps });
    assert.deepEqual([...new Set(Object.values(all))], ['unexpected pass']);
    const twice = await runConformance({ ...inline, kinds: ['inline', 'inline'], cases: ['S6'], knownGaps });
    assert.deepEqual(
      twice.results.map(({ id, status }) => [id, status]),
      Object.entries(all),
    );
    const part = await statuses({ ...inline, cases: ['S6-empty-results'], knownGaps });
    assert.deepEqual(part, { 'S6-empty-results': 'passed' });
    const some = await statuses({
      module: urlOf(
        adapterFile(`
      export const createExecutor = (options) => {
        const executor = inlineExecutor({ ...options, kind: undefined });
        const submit = (task, ...args) => executor.submit(task, ...args).then((value) => value || 1);
        return posing(executor, { kind: 'thread', submit });
      };`),
      ),
      kinds: ['thread'],
      cases: ['S6'],
      knownGaps,
    });
    assert.equal(some['S6-empty-results'], 'known gap');
    assert.ok(Object.values(some).includes('passed'));
    assert.ok(!Object.values(some).includes('unexpected pass'));
  });
});
