import type { Socket } from 'node:net';
import { types } from 'node:util';
import { now } from '../timers.js';

/**
 * ms that an exiting process waits for the caller while it reads nothing: one that is blocked reads later, and all that was sent to it
 * then; but a process must not stay for ever for one that hangs. If the caller is gone, the write fails and nothing is waited for.
 */
const patience = 10_000;

const nothing = new Uint8Array(0);

/**
 * Writes to a pipe of core's own, whole and in order, and can do so without the event loop, when the process exits.
 *
 * Therefore not by the socket's own `write()`: nobody tells how much of what it holds has gone. It is given one byte only, where the pipe
 * is full: when that is out, there is room again.
 */
export class PipeWriter {
  readonly #fd: number;
  readonly #pipe: Socket;
  // As it is before any task has run.
  readonly #writeSync = process.getBuiltinModule('node:fs').writeSync;
  /** What the pipe had no room for, and what came after that. */
  #left: Uint8Array = nothing;
  #next: Uint8Array[] = [];
  /** Whether the first byte of what is left is with the socket. */
  #isProbing = false;
  #isExiting = false;
  #whenWritten: (() => void)[] = [];

  constructor(fd: number, pipe: Socket) {
    this.#fd = fd;
    this.#pipe = pipe;
  }

  /** `written` is called when it is out, or cannot be any more. */
  write(bytes: Uint8Array, written?: () => void): void {
    if (this.#left.length > 0) this.#next.push(bytes);
    else {
      const count = this.#writeSome(bytes);
      if (count === bytes.length) {
        written?.();
        return;
      }
      this.#left = bytes.subarray(count);
    }
    if (written !== undefined) this.#whenWritten.push(written);
    if (this.#isExiting) this.#writeNow();
    else if (!this.#isProbing) this.#probe();
  }

  /** From now on, what is written has gone before anything else is done. */
  exiting(): void {
    this.#isExiting = true;
    this.#writeNow();
  }

  /** Gives how many bytes had room; of a pipe that is gone it is all, since nobody waits for them. */
  #writeSome(bytes: Uint8Array): number {
    // Its file descriptor may be another's by now.
    if (this.#pipe.destroyed) return bytes.length;
    try {
      return this.#writeSync(this.#fd, bytes);
    } catch (error) {
      return isFull(error) ? 0 : bytes.length;
    }
  }

  #probe(): void {
    this.#isProbing = true;
    this.#pipe.write(this.#left.subarray(0, 1), () => {
      this.#probed();
      this.#goOn();
    });
  }

  #probed(): void {
    if (this.#isProbing) this.#gone(1);
    this.#isProbing = false;
  }

  #goOn(): void {
    while (this.#left.length > 0 && this.#writeLeft());
    if (this.#left.length > 0) this.#probe();
    else for (const written of this.#whenWritten.splice(0)) written();
  }

  #writeNow(): void {
    // The callback may be still to come, but the byte is out; else it never goes by itself, as the event loop turns no more.
    if (this.#held === 0) this.#probed();
    this.#isProbing = false;
    const sleeper = new Int32Array(new SharedArrayBuffer(4));
    for (let since = now(); this.#left.length > 0 && now() - since < patience; ) {
      if (this.#writeLeft()) since = now();
      else Atomics.wait(sleeper, 0, 0, 1);
    }
  }

  /**
   * How many bytes the socket has yet to write. Its handle tells: libuv tries once more as it is told to wait for room, and where that went
   * well, the socket itself hears of it only when the event loop turns. As of Node 20 to 26.
   */
  get #held(): number {
    const handle: unknown = Reflect.get(this.#pipe, '_handle');
    if (typeof handle !== 'object' || handle === null || !('writeQueueSize' in handle))
      return this.#pipe.writableLength;
    return Number(handle.writeQueueSize);
  }

  /** Gives whether there was room for any of it. */
  #writeLeft(): boolean {
    const count = this.#writeSome(this.#left);
    this.#gone(count);
    return count > 0;
  }

  #gone(count: number): void {
    this.#left = this.#left.subarray(count);
    if (this.#left.length > 0 || this.#next.length === 0) return;
    const next = this.#next;
    this.#next = [];
    this.#left = next.length > 1 ? Buffer.concat(next) : (next[0] ?? nothing);
  }
}

function isFull(error: unknown): boolean {
  return types.isNativeError(error) && 'code' in error && (error.code === 'EAGAIN' || error.code === 'ENOBUFS');
}
