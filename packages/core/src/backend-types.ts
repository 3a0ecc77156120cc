import type { ResourceLimits, Transferable } from 'node:worker_threads';
import type { Capabilities } from './capabilities.js';
import type { WorkerKind } from './executor.js';
import type { BoardTask } from './link/board.js';
import type { Encoded } from './values/error-codec.js';
import type { Patch } from './values/inspect.js';

/** A function to call in a worker: its module, its export, its arguments. */
export interface CallTarget {
  readonly module: string;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** A task on its way to a worker. */
export interface Call extends CallTarget {
  readonly id: number;
  /** Its place in {@link WorkerInit.cells}, where a worker holds several calls. Absent, since none does; see {@link BackendWorker.prefetch}. */
  readonly cell?: number;
  /** What context carriers sent along, by their names. Plain data that every kind carries. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** A stream's call: its task gives items, and so many of them before core asks for more by `credit`. */
  readonly credit?: number;
  /** Core bounds the time of an import, and waits to hear that the module is there: `started` is to be sent, imported now or before. */
  readonly announce?: true;
  /** What of the arguments the carrier would lose; the worker puts it back. */
  readonly patches?: readonly Patch[];
  /** The call is of several items of a map. */
  readonly chunk?: ChunkOrder;
  /** Its task's priority, the highest first, where it is not 0 and {@link Backend.shared} workers may keep it waiting. */
  readonly priority?: number;
  /** Whose call it is, where it came from another process's executor: see `relay`. */
  readonly behalf?: Behalf;
}

/** Whom a worker runs a relayed call for: what the task's context shows, in place of the worker's own executor. */
export interface Behalf {
  readonly executor: string;
  readonly kind: WorkerKind;
  readonly workerId: number;
  /** The Future's id there. */
  readonly id: number;
}

/**
 * How a worker is to run a call of several items of a map. The call's last argument is the list of the items, and the task is to be
 * called with each of them, after the other arguments; its value is {@link ChunkResults}.
 */
export interface ChunkOrder {
  /** Tell of each item's start but the first one's, by an `item` message with the results so far. */
  readonly announce?: true;
  /** ms after which the items that were not begun are to be left. */
  readonly budget?: number;
  /** What of each item's arguments the carrier would lose; without those that have nothing of the kind. */
  readonly patches?: readonly (readonly [item: number, patches: readonly Patch[]])[];
}

/** The results of some items of a chunk in their order: those that no message has brought before. */
export interface ChunkResults {
  readonly values: readonly unknown[];
  /** What of each value the carrier would lose. */
  readonly patches?: readonly (readonly [value: number, patches: readonly Patch[]])[];
  /** Why the item after these failed; it is the last one that was run. */
  readonly failure?: Encoded;
  /** ms that those of the items took which took a ms or more. */
  readonly slow?: readonly number[];
  /** ms that the whole call took. In its outcome only. */
  readonly time?: number;
}

/** What core tells a worker while it runs a call. */
export type ControlMessage =
  | { readonly type: 'cancel'; readonly id: number; readonly reason: Encoded }
  | { readonly type: 'withdraw'; readonly id: number }
  | { readonly type: 'credit'; readonly id: number; readonly items: number };

/**
 * What a worker tells core besides outcomes. An `item` is one of a stream, or the value of a call whose outcome says `moved`. That a call
 * has `begun` is told by a {@link Backend.shared} backend alone, and is none of the messages that an outcome counts. An `uncaught` error with
 * an id was left behind by that finished call; one without counts against the call that runs, and the worker is about to exit. An
 * `outcome` is that of a call which the worker took from the board; the `bell` says that there is something to see there. `unread` stands for
 * what the worker sent and this side cannot read: core ends the call that runs, and the worker with it.
 */
export type WorkerMessage =
  | { readonly type: 'begun' | 'started' | 'withdrawn'; readonly id: number }
  | {
      readonly type: 'report' | 'item';
      readonly id: number;
      readonly value: unknown;
      readonly patches?: readonly Patch[];
    }
  | { readonly type: 'uncaught'; readonly id?: number; readonly error: Encoded }
  | { readonly type: 'outcome'; readonly outcome: Outcome }
  | { readonly type: 'unread'; readonly error: unknown }
  | { readonly type: 'bell' };

/**
 * How a call ended. `sent` counts the messages about this call that went before it: core waits for those that are late. A value that was
 * `moved` went before it as an `item`, with a list of what is transferred.
 */
export type Outcome = { readonly id: number; readonly sent: number } & (
  | { readonly value: unknown; readonly patches?: readonly Patch[] }
  | { readonly moved: true }
  | { readonly error: Encoded }
);

/** How a worker ended; what is not known is absent. */
export interface WorkerExit {
  readonly exitCode?: number;
  readonly signal?: NodeJS.Signals;
  readonly outOfMemory?: boolean;
  /** The end of what a worker process wrote to its stderr. */
  readonly stderr?: string;
  /**
   * The last call that it began (the id as a 32-bit integer, 0 for none), where that is proven: by shared memory, or by its own word as it
   * exited. One that it had been given later is given to another worker. That no message came proves nothing (W3a).
   */
  readonly begun?: number;
  /** The error that ended it, where the backend knows one. */
  readonly error?: unknown;
}

/** What a worker is started with. */
export interface WorkerInit {
  /** Unique within the executor; the first is 1. */
  readonly workerId: number;
  readonly executor: string;
  readonly initializer?: CallTarget;
  readonly finalizer?: CallTarget;
  /** What is absent here is absent there; without it, a copy of the caller's. */
  readonly env?: Readonly<Record<string, string>>;
  readonly argv?: readonly string[];
  readonly execArgv?: readonly string[];
  readonly resourceLimits?: ResourceLimits;
  /** Memory shared with the worker, for cancels and claims; opaque to backends, who hand it on. */
  readonly cells?: SharedArrayBuffer;
  /** Memory shared with all workers of the executor, and this one's number there: what {@link BackendWorker.look} is about. */
  readonly board?: { readonly memory: SharedArrayBuffer; readonly seat: number };
}

/** Core's ear: gets a worker's messages in the order in which the worker sent them. */
export interface WorkerEvents {
  message(message: WorkerMessage): void;
}

/** One worker. It need not be reliable: core watches `exited` and forgets every promise that its library forgot. */
export interface BackendWorker {
  /** Resolves after the initializer ran; rejects with the cause if the worker cannot start. */
  readonly ready: Promise<void>;
  /** How many calls that it has not begun it may hold besides the one that it runs: 0, since core hands a worker one call at a time. */
  readonly prefetch: number;
  /**
   * Runs a call, whose arguments core has checked; what is in `transferList`, which is empty unless the capability `transfer` is declared,
   * is moved. Rejects with an `ExecutorError` if it did not begin it, for one a `NotCloneableError` if they cannot travel all the same
   * (the worker is then as before); any other rejection means that the worker is broken, and core ends it. May stay pending if the worker
   * dies.
   */
  execute(call: Call, transferList: readonly Transferable[]): Promise<Outcome>;
  /**
   * Lets it take calls from the board, one after the other, until there is none for it. `news` are the tasks that it has not been told of.
   * Absent: it cannot, and is handed each call.
   */
  look?(news: readonly BoardTask[]): void;
  /**
   * Passes the next message that has come to {@link WorkerEvents}, at once; returns whether there was one. Throws where it cannot be read, and
   * is lost. Goes with `look`.
   */
  receiveNext?(): boolean;
  /** Handled when the worker's event loop turns, not behind a call. */
  send(message: ControlMessage): void;
  /** Ends it cleanly: finalizer, 'exit' handlers, output flushed. Core kills it after `stopTimeout`. */
  stop(): void;
  /** Ends it now, even out of an endless loop. */
  kill(): void;
  /** Never rejects; resolves once, whoever ended it, after its last message. */
  readonly exited: Promise<WorkerExit>;
}

/** Starts workers through a library. What an adapter implements; core does the rest. */
export interface Backend {
  readonly name: string;
  readonly kind: WorkerKind;
  readonly capabilities: Capabilities;
  /**
   * Whether the workers beneath are somebody else's as well, who may keep a call waiting. It then tells by `begun` when a worker has the
   * call, and the time of an import counts from there. Default false: a call begins when it is handed over.
   */
  readonly shared?: boolean;
  /** Never throws: a failure rejects `ready`. The worker must not keep the process alive. */
  startWorker(init: WorkerInit, events: WorkerEvents): BackendWorker;
}
