import type { MessagePort, Transferable } from 'node:worker_threads';
import type { Outcome, WorkerMessage } from '../backend-types.js';
import { FrameReader, frame } from '../link/frames.js';
import {
  bell,
  type Control,
  type ExitingMessage,
  type LookMessage,
  type OpenedMessage,
  tag,
  tagged,
} from '../link/messages.js';
import { type WireCall, writeOutcome } from '../link/wire.js';
import { PipeWriter } from './pipe-writer.js';
import { lastBegun } from './serve.js';

type FromCore = Control | WireCall | LookMessage;

/** This worker's end of core's channel. */
export interface Line {
  /** Sends a message to core; `sent` is called when it is out of this worker's hands. */
  post(message: WorkerMessage, sent?: () => void, transferList?: readonly Transferable[]): void;
  tell(message: OpenedMessage): void;
  /** Sends a call's outcome. Throws where it cannot be written. */
  reply(outcome: Outcome): void;
  /** Tells core to look at the board. */
  ring(): void;
  /** `failed` is called where a message of core's cannot be read. */
  onMessage(listener: (message: FromCore) => void, failed: (error: unknown) => void): void;
}

/** Threads: a port. */
export function portLine(port: MessagePort): Line {
  return {
    post(message, sent, transferList) {
      port.postMessage(message, transferList);
      sent?.();
    },
    tell: (message) => port.postMessage(message),
    reply: (outcome) => port.postMessage(writeOutcome(outcome)),
    ring: () => port.postMessage(bell),
    onMessage(listener, failed) {
      port.on('message', listener);
      port.on('messageerror', failed);
      port.unref();
    },
  };
}

/**
 * Processes: the IPC channel, which is everybody's. At an exit, what fits into it arrives: how much has gone of what did not, Node does not
 * tell.
 */
export function ipcLine(key: string): Line {
  const send = (content: unknown, sent?: () => void): void => {
    // Without a callback, which would cost as much as the message, unless somebody waits. That the parent is gone ends this process anyway.
    if (process.connected) process.send?.(tag(content, key), undefined, undefined, sent);
    else sent?.();
  };
  return processLine(send, (listener, failed) => {
    process.on('message', (message) => {
      const content = tagged(message, key, failed);
      if (content !== undefined) listener(content as FromCore);
    });
  });
}

/** Processes: a pipe of core's own. A message there and back takes two thirds of the time that it takes by Node's IPC channel. */
export function pipeLine(fd: number): Line {
  // Loaded only here: threads do without.
  const { Socket } = process.getBuiltinModule('node:net');
  let listener = (_message: FromCore): void => {};
  let failed = (_error: unknown): void => {};
  const reader = new FrameReader((content) => listener(content as FromCore));
  const pipe = new Socket({
    fd,
    readable: true,
    writable: true,
    // Read into the same memory again and again, and without a stream in between.
    onread: {
      buffer: Buffer.allocUnsafe(65_536),
      callback(length, buffer) {
        try {
          reader.read(Buffer.from(buffer.buffer, buffer.byteOffset, length));
        } catch (error) {
          failed(error);
        }
        return true;
      },
    },
  });
  // That the parent is gone is told by 'close'.
  pipe.on('error', () => {});
  pipe.on('close', () => process.exit());
  const writer = new PipeWriter(fd, pipe);
  // First of all 'exit' listeners: what the others send has gone when they return.
  process.on('exit', () => writer.exiting());
  const send = (content: unknown, sent?: () => void): void => writer.write(frame(content), sent);
  return processLine(send, (given, givenFailed) => {
    listener = given;
    failed = givenFailed;
  });
}

function processLine(send: (content: unknown, sent?: () => void) => void, onMessage: Line['onMessage']): Line {
  process.on('exit', () => send({ type: 'exiting', begun: lastBegun() } satisfies ExitingMessage));
  // Ctrl-C in a terminal reaches a whole group of processes. The end is for the parent to decide, which may want tasks to finish first (X8).
  process.on('SIGINT', () => {});
  // The parent is gone, or has let go of this process: no reason to stay. Where the event loop is blocked, the guard ends it.
  process.on('disconnect', () => process.exit());
  return {
    post: send,
    tell: send,
    reply: (outcome) => send(writeOutcome(outcome)),
    // Processes share no memory.
    ring() {},
    onMessage,
  };
}
