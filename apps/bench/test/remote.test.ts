import { expect, test } from 'vitest';
import { readOptions } from '../dist/options.js';
import { readRedisWork } from '../dist/remote/remote-bench.js';

test('remote executors are measured by themselves', () => {
  expect(readOptions(['--backend', 'bullmq'])).toEqual({ remote: true, rounds: 6, quick: false });
  expect(readOptions(['--backend', 'bullmq', '--quick'])).toEqual({ remote: true, rounds: 1, quick: true });
  expect(readOptions(['--backend', 'bullmq', '--rounds', '3'])).toMatchObject({ rounds: 3 });
  for (const more of [
    ['--backend', 'native'],
    ['--json', 'x'],
    ['--case', 'map'],
  ])
    expect(() => readOptions(['--backend', 'bullmq', ...more])).toThrow(/by itself/);
});

test('of what Redis counts, the commands of clients are taken, and not those inside of scripts', () => {
  const info = `# Commandstats
cmdstat_evalsha:calls=20,usec=800,usec_per_call=40.00,rejected_calls=0,failed_calls=0
cmdstat_hget:calls=90,usec=100,usec_per_call=1.11,rejected_calls=0,failed_calls=0
cmdstat_xread:calls=5,usec=50,usec_per_call=10.00,rejected_calls=0,failed_calls=0
cmdstat_config|get:calls=1,usec=9,usec_per_call=9.00,rejected_calls=0,failed_calls=0
`;
  const cpu = '# CPU\r\nused_cpu_sys:1.5\r\nused_cpu_user:2.25\r\nused_cpu_sys_children:9\r\n';
  expect(readRedisWork(info, cpu)).toEqual({ commands: 25, microseconds: 3_750_000 });
});
