import type { ChildProcess } from 'node:child_process';
import { readSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { FrameReader, frame } from './frames.js';
import { type FromWorker, tag, tagged } from './messages.js';

/** Core's end of its channel to a worker process. */
export interface ProcessLine {
  /** Writes a message, and gives what sends it. Throws where V8 cannot write it. Nothing comes of sending to a process that is gone. */
  prepare(content: unknown): () => void;
}

/** The IPC channel, which is everybody's: core's messages have `key`. `failed` is called where one of them cannot be read. */
export function ipcLine(
  child: ChildProcess,
  key: string,
  listener: (message: FromWorker) => void,
  failed: (error: unknown) => void,
): ProcessLine {
  child.on('message', (message) => {
    const content = tagged(message, key, failed);
    if (content !== undefined) listener(content as FromWorker);
  });
  return {
    prepare(content) {
      const message = tag(content, key);
      return () => {
        // Without a callback, which would cost as much as the message: a failure is an 'error' of the process.
        if (child.connected) child.send(message);
      };
    },
  };
}

/** A pipe of core's own. It closes when the process ends or closes it, and when there is on it what cannot be read; `failed` is called then. */
export function pipeLine(
  pipe: Duplex,
  listener: (message: FromWorker) => void,
  failed: (error: unknown) => void,
): ProcessLine {
  const reader = new FrameReader((content) => listener(content as FromWorker));
  const take = (chunk: Buffer): void => {
    try {
      reader.read(chunk);
    } catch (error) {
      pipe.destroy();
      failed(error);
    }
  };
  pipe.on('data', take);
  // As of Node 20 to 26, a write that fails destroys the socket, and with it what the process had sent before it was gone: results, and
  // which call it began last (W2, W3a).
  const destroy = pipe._destroy;
  pipe._destroy = (error, done) => {
    if (error !== null) take(unreadOf(pipe));
    destroy.call(pipe, error, done);
  };
  // Whoever waits for the process hears of 'close'.
  pipe.on('error', () => {});
  return {
    prepare(content) {
      const message = frame(content);
      return () => {
        if (pipe.writable) pipe.write(message);
      };
    },
  };
}

/** What came through a pipe and was not read by the event loop. */
function unreadOf(pipe: Duplex): Buffer {
  const unread: Buffer[] = [];
  const handle: unknown = Reflect.get(pipe, '_handle');
  if (typeof handle === 'object' && handle !== null && 'fd' in handle) {
    while (readInto(unread, Number(handle.fd)));
  }
  return Buffer.concat(unread);
}

/** Gives whether there was any. */
function readInto(unread: Buffer[], fd: number): boolean {
  const memory = Buffer.allocUnsafe(65_536);
  try {
    const count = readSync(fd, memory);
    unread.push(memory.subarray(0, count));
    return count > 0;
  } catch {
    // Nothing is there now, or nothing can come any more.
    return false;
  }
}
