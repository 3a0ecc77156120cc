import assert from 'node:assert/strict';
import { conformanceCases } from '@anypool/conformance';
import { describe, test } from 'vitest';
import { saboteurs } from './teeth/index.js';

for (const s of saboteurs) {
  test(`${s.layer.name}: ${s.rule}: ${s.does}`, async () => {
    let t = performance.now();
    const sound = await s.layer.runSound(s.noticedBy, 1);
    const ts = performance.now() - t;
    t = performance.now();
    const broken = await s.run(s.noticedBy, s.hangs ? 0.1 : 1);
    const tb = performance.now() - t;
    console.log(
      JSON.stringify([
        s.layer.name,
        s.noticedBy,
        s.does,
        Math.round(ts),
        Math.round(tb),
        sound.status,
        broken.status,
        String((sound as any).error ?? ''),
        String((broken as any).error?.message ?? (broken as any).error),
      ]).slice(0, 900),
    );
    assert.equal(sound.status, 'passed');
    assert.equal(broken.status, s.hangs ? 'hang' : 'failed');
  });
}
