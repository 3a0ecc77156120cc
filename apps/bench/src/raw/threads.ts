/// <reference path="./threads-types.d.ts" />
import { Pool, spawn, Transfer, Worker } from 'threads';
import type { OpenRaw } from '../pool.js';

/**
 * threads.js by itself, by its `Pool`, which has no settings but the number of workers. It has no time limits, stops no task that runs,
 * and forgets one whose thread exits. A task cancelled in its queue stays subscribed to every event of the pool, for ever: not measured.
 */
export const open: OpenRaw = (way, _kind, workers) => {
  const pool = Pool(() => spawn(new Worker('./threads-worker.js')), way === 'raw' ? { size: workers } : {});
  return {
    noop: () => pool.queue((worker) => worker.noop()),
    crunch: (iterations) => pool.queue((worker) => worker.crunch(iterations)),
    crunchWhere: (iterations) => pool.queue((worker) => worker.crunchWhere(iterations)),
    hold: (ms) => pool.queue((worker) => worker.hold(ms)),
    echo: (bytes) => pool.queue((worker) => worker.echo(bytes)),
    echoMoved: (bytes) => pool.queue((worker) => worker.echoMoved(Transfer(bytes, [bytes.buffer]))),
    close: () => pool.terminate(true),
  };
};
