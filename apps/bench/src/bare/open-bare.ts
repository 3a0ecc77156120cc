import type { BareWay, Kind, Pool } from '../pool.js';
import { type Pending, sendCoalesced, sendOneByOne } from './sending.js';
import { numberOf, type TaskName } from './wire.js';

/**
 * What Node's messages carry, with as little around them as a pool can have: a promise for each call, a queue, and a choice of worker. No
 * errors, no cancelling, no names: nothing that could be left out. A worker that ends is replaced.
 */
export function openBare(kind: Kind, way: BareWay, workers: number): Pool {
  const sending =
    way === 'coalesced'
      ? sendCoalesced(kind, workers, 256)
      : sendOneByOne(kind, workers, way === 'pipelined' ? 256 : 1);

  function call(name: TaskName, argument?: unknown): Promise<unknown> {
    return new Promise((resolve) => sending.send({ task: numberOf[name], argument, resolve }));
  }

  return {
    noop: () => call('noop'),
    crunch: (iterations) => call('crunch', iterations),
    crunchWhere: (iterations) => call('crunchWhere', iterations),
    hold: (ms) => call('hold', ms),
    echo: (bytes) => call('echo', bytes),
    ...(kind === 'thread' && { echoMoved: (bytes: Uint8Array) => call('echoMoved', bytes) }),
    endableHold(ms) {
      let cancel = (): void => {};
      const ended = new Promise((resolve) => {
        const pending: Pending = { task: numberOf.hold, argument: ms, resolve };
        cancel = () => sending.endWorkerOf(pending);
        sending.send(pending);
      });
      return { ended, cancel: () => cancel() };
    },
    crash: () => call('exit'),
    close: async () => sending.close(),
  };
}
