import type { ChildProcess } from 'node:child_process';
import type { Duplex, Stream } from 'node:stream';
import { types } from 'node:util';
import type { Transferable } from 'node:worker_threads';
import type { BackendWorker, Call, Outcome, WorkerEvents, WorkerExit, WorkerInit } from '../backend-types.js';
import { type Deadline, deadlines } from '../engine/deadlines.js';
import { nextTurn, now } from '../timers.js';
import { toBytes } from '../values/bytes.js';
import { type Control, type ExitingMessage, type FromWorker, isTyped, type OpenMessage } from './messages.js';
import { asNotCloneable, failedStart, Opening, untilGone } from './opening.js';
import { forwardOutput } from './output.js';
import { ipcLine, type ProcessLine, pipeLine } from './process-line.js';
import { openFields, type WorkerLibrary } from './thread-worker.js';
import { CallWriter, readOutcome, type WireCall } from './wire.js';

/** ms that a dead process's last output and messages are waited for: something it started may hold its pipes open for ever. */
const lastWords = 500;

/**
 * ms of idleness after which a child may have died without this process having looked: it looks before it sends a call, so that a
 * worker's death while idle costs no task (W3). What dies later than that has been given the call, and no proof that it did not begin it.
 */
const unwatched = 1;

/** A {@link WorkerLibrary} that starts child processes. */
export interface ProcessLibrary extends WorkerLibrary<ChildProcess> {
  /**
   * The file descriptor, in the child, of a pipe that the library makes for core, besides the three of each process and the IPC channel. It
   * goes both ways, and `stdio[line]` of the raw process is core's end of it. Without one, messages go by the IPC channel, which takes longer.
   */
  readonly line?: number | undefined;
}

/**
 * A backend worker over a library's child process, which must have an IPC channel with advanced serialization, and pipes for stdin, stdout
 * and stderr. The library starts it and carries the first message; calls go by messages of core's own. stdin is the pipe of core's guard thread.
 */
export function startProcessWorker(init: WorkerInit, events: WorkerEvents, library: ProcessLibrary): BackendWorker {
  const key = `anypool/${Math.random().toString(36).slice(2, 10)}`;
  const open: OpenMessage = {
    ...openFields(init),
    type: 'open',
    kind: 'process',
    sharedMemory: false,
    transfer: false,
    key,
    guard: 0,
    ...(library.line !== undefined && { line: library.line }),
  };
  let started: ReturnType<typeof library.start>;
  try {
    started = library.start(...asBytes(open));
  } catch (error) {
    return failedStart(error);
  }
  const { raw, reply } = started;
  // Out of file descriptors, Node makes a process that has not even pipes, and tells why by an 'error' (W5).
  if (raw.stdio === undefined) {
    reply.catch(() => {});
    library.discard();
    return failedStart(new Promise((resolve) => raw.once('error', resolve)));
  }
  unref(raw);
  const { stderrTail } = forwardOutput(raw);
  let lastWord: ExitingMessage | undefined;
  const calls = new CallWriter();
  const opening = new Opening(events);
  let lastPost = now();
  let answer: ((outcome: Outcome) => void) | undefined;
  const receive = (told: FromWorker): void => {
    if (!isTyped(told)) {
      calls.answered();
      answer?.(readOutcome(told));
    } else if (told.type === 'exiting') lastWord = told;
    else if (told.type === 'opened') opening.opened(told);
    else events.message(told);
  };
  const pipe = library.line === undefined ? undefined : raw.stdio[library.line];
  const failedToRead = (error: unknown): void => events.message({ type: 'unread', error });
  const line = isDuplex(pipe) ? pipeLine(pipe, receive, failedToRead) : ipcLine(raw, key, receive, failedToRead);
  // Writing to a child that is gone: its 'exit' tells all there is to know.
  raw.on('error', () => {});
  raw.stdin?.on('error', () => {});
  let gone = false;
  let isKilled = false;
  let unsent = false;
  /** What is told of a call that is not sent yet. */
  let untold: (() => void)[] | undefined;
  raw.once('exit', () => {
    gone = true;
  });
  const kill = (): void => {
    isKilled = true;
    raw.kill('SIGKILL');
  };
  const exited = whenGone(raw, pipe, kill).then((exit) => {
    library.discard();
    const stderr = stderrTail();
    // V8's own last words, and the way in which it then ends the process: a task may print such words, too.
    const aborted = exit.signal === 'SIGABRT' || exit.exitCode === 134;
    const outOfMemory = aborted && stderr?.includes('heap out of memory') === true;
    return {
      ...exit,
      ...(stderr !== undefined && { stderr }),
      ...(outOfMemory && { outOfMemory }),
      ...(unsent ? { begun: 0 } : lastWord && { begun: lastWord.begun }),
    };
  });
  const send = (message: Control): void => {
    // Written now, though it may be told later: where its reason cannot be, core gives another one.
    const post = line.prepare(message);
    const tell = (): void => {
      post();
      // By the guard's pipe as well, for a task that never yields.
      if (message.type === 'cancel') raw.stdin?.write(cancelRecord(message.id));
    };
    if (untold === undefined) tell();
    else untold.push(tell);
  };

  opening.watch(
    untilGone((error) => gone || isWrittenToNobody(error), reply),
    exited,
  );
  return {
    ready: opening.ready,
    prefetch: 0,
    execute: (call: Call) =>
      new Promise<Outcome>((resolve) => {
        const post = prepared(line, calls.write(call), call.args);
        answer = resolve;
        // Since its last call, not since the reply: that may have been read long after it was sent.
        const isWatched = now() - lastPost > unwatched;
        // Until it is sent, a death proves that it was never begun: another worker is to have it. Also a death that is told meanwhile.
        unsent = isWatched || gone || isKilled;
        const sent = (): void => {
          unsent = false;
          lastPost = now();
          post();
        };
        if (!unsent) sent();
        if (!isWatched) return;
        untold = [];
        void nextLook().then(() => {
          const later = untold ?? [];
          untold = undefined;
          if (gone || isKilled) return;
          sent();
          for (const tell of later) tell();
        });
      }),
    send,
    // One that has not opened yet hears nothing.
    stop: () => void reply.catch(() => {}).then(() => send({ type: 'stop' })),
    kill,
    exited,
  };
}

function prepared(line: ProcessLine, call: WireCall, args: readonly unknown[]): () => void {
  try {
    return line.prepare(call);
  } catch (cause) {
    return asNotCloneable(cause, args, { via: 'bytes' });
  }
}

/** A process that ends as it starts, before it is heard of: its channel was closed by it, and how it ends is still to be told. */
function isWrittenToNobody(error: unknown): boolean {
  return types.isNativeError(error) && 'code' in error && /^(?:EPIPE|ECONNRESET)$/.test(String(error.code));
}

function isDuplex(stream: Stream | null | undefined): stream is Duplex {
  return stream !== undefined && stream !== null && 'read' in stream && 'write' in stream;
}

function asBytes(message: OpenMessage): [Uint8Array, Transferable[]] {
  const bytes = toBytes(message);
  // Ours alone, so that a library which passes it through a port of its own need not copy it.
  return [bytes, types.isArrayBuffer(bytes.buffer) ? [bytes.buffer] : []];
}

function cancelRecord(id: number): Buffer {
  const record = Buffer.alloc(4);
  record.writeInt32LE(id | 0);
  return record;
}

// Two, since a death that comes after the loop has looked for events is seen when it looks again.
async function nextLook(): Promise<void> {
  await nextTurn();
  await nextTurn();
}

function unref(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
  for (const stream of child.stdio) {
    if (stream && 'unref' in stream && typeof stream.unref === 'function') stream.unref();
  }
}

function whenGone(child: ChildProcess, line: Stream | null | undefined, kill: () => void): Promise<WorkerExit> {
  return new Promise((resolve) => {
    let exit: WorkerExit = {};
    let open = 2;
    const limits: (Deadline | undefined)[] = [];
    const done = (): void => {
      for (const limit of limits) deadlines.remove(limit);
      resolve(exit);
    };
    const closed = (): void => {
      open -= 1;
      // The library's reply, if one came last, is still on its way through a port of its own.
      if (open === 0) void nextLook().then(done);
    };
    // A task that cuts a channel makes the process of no use to anyone; one that is exiting is given the time to.
    const cut = (): void => void limits.push(deadlines.add(lastWords, kill));
    child.once('exit', (exitCode, signal) => {
      exit = { ...(exitCode === null ? {} : { exitCode }), ...(signal === null ? {} : { signal }) };
      limits.push(deadlines.add(lastWords, done));
    });
    child.once('close', closed);
    if (!child.connected) closed();
    else {
      child.once('disconnect', () => {
        closed();
        cut();
      });
    }
    line?.once('close', cut);
    // Spawning failed: there will be no 'exit'.
    if (child.pid === undefined) {
      child.once('error', (error) => {
        exit = { error };
        done();
      });
    }
  });
}
