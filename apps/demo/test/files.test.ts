import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differences, digestOf } from '../dist/files/compare.js';
import { noBounds, walk } from '../dist/files/walk.js';
import { examineFile } from '../dist/tasks/examine-file.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anypool-demo-test-'));
  await mkdir(join(folder, 'b'));
  for (const name of ['a.txt', 'b/inner.txt', 'c.txt', 'B.txt']) await writeFile(join(folder, name), '0123456789');
  await symlink(join(folder, 'a.txt'), join(folder, 'link.txt'));
  await symlink(folder, join(folder, 'loop'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('walk', () => {
  const names = async (bounds: Parameters<typeof walk>[1]): Promise<string[]> =>
    (await walk(folder, bounds)).paths.map((path) => relative(folder, path));

  it('gives the regular files in sorted order and follows no links', async () => {
    expect(await names(noBounds)).toEqual(['B.txt', 'a.txt', join('b', 'inner.txt'), 'c.txt']);
  });

  it('keeps to each of its bounds', async () => {
    expect(await names({ ...noBounds, files: 2 })).toEqual(['B.txt', 'a.txt']);
    expect(await names({ ...noBounds, bytes: 25 })).toEqual(['B.txt', 'a.txt']);
    expect(await names({ ...noBounds, bytesPerFile: 9 })).toEqual([]);
  });

  it('reports a folder that cannot be listed', async () => {
    const { paths, unreadable } = await walk(join(folder, 'absent'), noBounds);
    expect({ paths, codes: unreadable.map(({ code }) => code) }).toEqual({ paths: [], codes: ['ENOENT'] });
  });
});

describe('examineFile', () => {
  it.each([
    ['', 0],
    ['\n', 1],
    ['one', 1],
    ['one\ntwo\n', 2],
    ['one\n\nthree', 3],
  ])('counts the lines of %j as %i', async (content, lines) => {
    const path = join(folder, 'lines.txt');
    await writeFile(path, content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(examineFile(path)).toMatchObject({ ok: true, bytes: content.length, sha256, lines });
    await rm(path);
  });

  it('gives a file that cannot be read as a result', () => {
    expect(examineFile(folder)).toEqual({
      ok: false,
      path: folder,
      code: 'EISDIR',
      message: expect.stringContaining('EISDIR'),
    });
  });
});

describe('comparing', () => {
  const report = { ok: true, path: '/a', bytes: 3, sha256: 'x', brotliBytes: 7, lines: 1 } as const;
  const other = { ...report, path: '/b' };

  it('has one digest whatever the order, and another if any field differs', () => {
    expect(digestOf([report, other])).toBe(digestOf([other, report]));
    for (const change of [{ lines: 2 }, { bytes: 4 }, { sha256: 'y' }, { brotliBytes: 8 }, { path: '/c' }]) {
      expect(digestOf([{ ...report, ...change }, other])).not.toBe(digestOf([report, other]));
    }
  });

  it('names the file and field of each difference', () => {
    expect(differences([report, other], [report, { ...other, lines: 2 }])).toEqual([
      { path: '/b', field: 'lines', expected: '1', seen: '2' },
    ]);
    expect(differences([report], [report, other])).toEqual([
      { path: '/b', field: 'report', expected: 'none', seen: 'there' },
    ]);
    expect(differences([report, other], [report])).toEqual([
      { path: '/b', field: 'report', expected: 'there', seen: 'none' },
    ]);
  });
});
