import type { Kind } from '../pool.js';
import { Fifo } from './fifo.js';
import { type Lane, startLane } from './lane.js';
import { movedBy, numberOf } from './wire.js';

/** A call on its way. */
export interface Pending {
  readonly task: number;
  readonly argument: unknown;
  readonly resolve: (value: unknown) => void;
}

/** Takes calls to workers. */
export interface Sending {
  send(call: Pending): void;
  /** Ends the worker that has the call. */
  endWorkerOf(call: Pending): void;
  close(): void;
}

interface Busy<Unit> {
  lane: Lane;
  /** What it has not answered yet, in the order of the answers. */
  readonly unanswered: Fifo<Unit>;
  latest: Unit | undefined;
}

/** A message for each call, and so many of them unanswered by a worker. */
export function sendOneByOne(kind: Kind, workers: number, most: number): Sending {
  const waiting = new Fifo<Pending>();
  let isClosed = false;
  let next = 0;
  const all = Array.from({ length: workers }, () => start({ unanswered: new Fifo<Pending>() }));

  function start(one: { readonly unanswered: Fifo<Pending> }): Busy<Pending> {
    const busy: Busy<Pending> = Object.assign(one, {
      lane: startLane(kind, false, { reply, exit }),
      latest: undefined,
    });
    return busy;

    function reply(value: unknown): void {
      const call = busy.unanswered.shift();
      const following = waiting.shift();
      if (following !== undefined) post(busy, following);
      call?.resolve(value);
    }

    function exit(): void {
      if (isClosed) return;
      for (let call = busy.unanswered.shift(); call !== undefined; call = busy.unanswered.shift())
        call.resolve(undefined);
      busy.lane = startLane(kind, false, { reply, exit });
      while (busy.unanswered.size < most) {
        const following = waiting.shift();
        if (following === undefined) return;
        post(busy, following);
      }
    }
  }

  function post(busy: Busy<Pending>, call: Pending): void {
    busy.unanswered.push(call);
    busy.latest = call;
    const { task, argument } = call;
    busy.lane.post([task, argument], task === numberOf.echoMoved ? movedBy(task, argument) : []);
  }

  return {
    send(call) {
      for (let tried = 0; tried < all.length; tried += 1) {
        next = (next + 1) % all.length;
        const busy = all[next];
        if (busy !== undefined && busy.unanswered.size < most) return post(busy, call);
      }
      waiting.push(call);
    },
    endWorkerOf: (call) => all.find(({ latest }) => latest === call)?.lane.end(),
    close() {
      isClosed = true;
      for (const { lane } of all) lane.end();
    },
  };
}

/** The calls of one tick in one message, so many at the most; two messages unanswered by a worker, so that it need not wait. */
export function sendCoalesced(kind: Kind, workers: number, most: number): Sending {
  let waiting: Pending[] = [];
  let taken = 0;
  let isFlushing = false;
  let isClosed = false;
  const all = Array.from({ length: workers }, start);

  function start(): Busy<readonly Pending[]> {
    const lane = startLane(kind, true, { reply, exit });
    const busy: Busy<readonly Pending[]> = { lane, unanswered: new Fifo(), latest: undefined };
    return busy;

    function reply(values: unknown): void {
      const calls = busy.unanswered.shift() ?? [];
      post(busy);
      if (Array.isArray(values)) for (let i = 0; i < calls.length; i += 1) calls[i]?.resolve(values[i]);
    }

    function exit(): void {
      if (isClosed) return;
      for (let calls = busy.unanswered.shift(); calls !== undefined; calls = busy.unanswered.shift())
        for (const call of calls) call.resolve(undefined);
      busy.lane = startLane(kind, true, { reply, exit });
      flush();
    }
  }

  function post(busy: Busy<readonly Pending[]>): void {
    const left = waiting.length - taken;
    if (left === 0) return;
    const calls = waiting.slice(taken, taken + Math.min(most, Math.ceil(left / all.length)));
    taken += calls.length;
    if (taken === waiting.length) {
      waiting = [];
      taken = 0;
    }
    const message: unknown[] = [];
    const moved: ArrayBuffer[] = [];
    for (const { task, argument } of calls) {
      message.push(task, argument);
      if (task === numberOf.echoMoved) moved.push(...movedBy(task, argument));
    }
    busy.unanswered.push(calls);
    busy.latest = calls;
    busy.lane.post(message, moved);
  }

  function flush(): void {
    isFlushing = false;
    for (let depth = 1; depth <= 2; depth += 1) for (const busy of all) if (busy.unanswered.size < depth) post(busy);
  }

  return {
    send(call) {
      waiting.push(call);
      if (isFlushing) return;
      isFlushing = true;
      queueMicrotask(flush);
    },
    endWorkerOf: (call) => all.find(({ latest }) => latest?.includes(call))?.lane.end(),
    close() {
      isClosed = true;
      for (const { lane } of all) lane.end();
    },
  };
}
