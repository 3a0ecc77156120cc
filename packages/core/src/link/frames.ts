import { fromBytes, toBytes } from '../values/bytes.js';
import { toSmallJson } from '../values/small-json.js';

// What a message begins with on a pipe that is core's own: its sort and, but for a number, how many bytes follow.
const aNumber = 0;
const json = 1;
const bytes = 2;
const numberFrame = 9;
const header = 5;
const emptyHeader = new Uint8Array(header);

/**
 * A message as it goes through a pipe of core's own. Numbers, which most calls and replies are, and what is small and plain do without
 * V8's serializer, which would take longer than the pipe. Throws where V8 cannot write the content.
 */
export function frame(content: unknown): Uint8Array {
  if (typeof content === 'number') {
    const written = Buffer.allocUnsafe(numberFrame);
    written[0] = aNumber;
    written.writeDoubleLE(content, 1);
    return written;
  }
  const text = toSmallJson(content);
  return text === undefined ? framed(bytes, Buffer.from(toBytes(content, emptyHeader).buffer)) : jsonFrame(text);
}

function jsonFrame(text: string): Uint8Array {
  const written = Buffer.allocUnsafe(header + Buffer.byteLength(text));
  written.write(text, header);
  return framed(json, written);
}

function framed(sort: number, written: Buffer): Uint8Array {
  written[0] = sort;
  written.writeUInt32LE(written.length - header, 1);
  return written;
}

/** Puts together again what comes through a pipe in pieces. */
export class FrameReader {
  readonly #listener: (content: unknown) => void;
  /** A message of which the first bytes are there, or its header: as long as is known. */
  #begun = Buffer.alloc(0);
  #have = 0;

  /** `listener` is called with each message, in order. */
  constructor(listener: (content: unknown) => void) {
    this.#listener = listener;
  }

  /** Takes what was read; its memory may be used again afterwards. Throws where it is nothing that {@link frame} wrote. */
  read(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#have > 0) at += this.#goOn(chunk, at);
      else {
        const end = at + lengthOf(chunk, at);
        if (end > chunk.length) this.#begin(chunk, at, end - at);
        else this.#listener(contentOf(chunk, at, end));
        at = end;
      }
    }
  }

  #begin(chunk: Buffer, at: number, length: number): void {
    const begun = Buffer.allocUnsafe(length);
    this.#have = chunk.copy(begun, 0, at);
    this.#begun = begun;
  }

  /** Gives how many bytes of the chunk belong to what was begun. */
  #goOn(chunk: Buffer, at: number): number {
    const taken = chunk.copy(this.#begun, this.#have, at);
    this.#have += taken;
    if (this.#have < this.#begun.length) return taken;
    const length = lengthOf(this.#begun, 0);
    if (length > this.#have) this.#begin(this.#begun, 0, length);
    else {
      this.#have = 0;
      this.#listener(contentOf(this.#begun, 0, length));
    }
    return taken;
  }
}

/** Bytes of the message that begins there, or of its header, if that is not there as a whole. */
function lengthOf(read: Buffer, at: number): number {
  const sort = read[at];
  if (sort === aNumber) return numberFrame;
  if (sort !== json && sort !== bytes) throw new Error('There is something on the pipe for messages that is none.');
  return read.length - at < header ? header : header + read.readUInt32LE(at + 1);
}

function contentOf(read: Buffer, at: number, end: number): unknown {
  if (read[at] === aNumber) return read.readDoubleLE(at + 1);
  return read[at] === json
    ? JSON.parse(read.toString('utf8', at + header, end))
    : fromBytes(read.subarray(at + header, end));
}
