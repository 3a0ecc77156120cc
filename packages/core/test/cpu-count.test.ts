import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { usableCpus } from '../src/cpu-count.js';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function root(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'anypool-cgroup-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

test('D1: without a cgroup quota, the affinity counts', () => {
  expect(usableCpus(root({}), 8)).toBe(8);
  expect(usableCpus(root({ 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': 'max 100000\n' }), 8)).toBe(8);
  expect(usableCpus()).toBeLessThanOrEqual(availableParallelism());
});

test('D1: a cgroup v2 quota bounds the count', () => {
  expect(usableCpus(root({ 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': '200000 100000\n' }), 8)).toBe(2);
});

test('D1: a fraction of a CPU counts as one, and never less than one is left', () => {
  expect(usableCpus(root({ 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': '150000 100000\n' }), 8)).toBe(2);
  expect(usableCpus(root({ 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': '10000 100000\n' }), 8)).toBe(1);
});

test('D1: the smallest quota on the way up to the root cgroup counts', () => {
  const files = {
    'proc/self/cgroup': '0::/pod/container\n',
    'sys/fs/cgroup/pod/container/cpu.max': '600000 100000\n',
    'sys/fs/cgroup/pod/cpu.max': '300000 100000\n',
  };
  expect(usableCpus(root(files), 8)).toBe(3);
});

test("D1: inside a container, where the host's path is not there, the root's quota counts", () => {
  expect(
    usableCpus(root({ 'proc/self/cgroup': '0::/kubepods/pod1/abc\n', 'sys/fs/cgroup/cpu.max': '400000 100000\n' }), 8),
  ).toBe(4);
});

test('D1: a cgroup v1 quota bounds the count, and -1 does not', () => {
  const files = (quota: string) => ({
    'proc/self/cgroup': '5:cpu,cpuacct:/docker/abc\n3:memory:/docker/abc\n',
    'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': quota,
    'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '50000\n',
  });
  expect(usableCpus(root(files('100000\n')), 8)).toBe(2);
  expect(usableCpus(root(files('-1\n')), 8)).toBe(8);
});

test('D1: files that make no sense are no quota', () => {
  expect(usableCpus(root({ 'proc/self/cgroup': 'nonsense', 'sys/fs/cgroup/cpu.max': '' }), 4)).toBe(4);
  expect(usableCpus(root({ 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': 'a b' }), 4)).toBe(4);
});
