import type { QuietRedis } from './connection.js';

/** ms without an answer that are too many, from the first look that finds none. */
const patience = 4000;
/** Bytes per ms that come to Redis at the least: what is large is on its way for long, and answers are behind it. Half of it after each attempt. */
const slowest = 10;

type Socket = QuietRedis['stream'];

/**
 * Makes a connection anew to which nothing comes any more though Redis owes it an answer. What lies between may forget it without a word, and
 * TCP would try for a quarter of an hour to send what it has (R3).
 */
export class SilenceWatch {
  readonly #client: QuietRedis;
  readonly #mayLinger: boolean;
  #socket: Socket | undefined;
  /** Bytes that had come at the last look. */
  #read = 0;
  #silentSince: number | undefined;
  #slowest = slowest;
  #isAsking = false;
  /** Where something asked was answered last. */
  #answeredBy: Socket | undefined;

  /** Not `mayLinger`: only where nothing of what was sent can come to Redis any more, which may have been answered on another connection by then. */
  constructor(client: QuietRedis, { mayLinger = true }: { readonly mayLinger?: boolean } = {}) {
    this.#client = client;
    this.#mayLinger = mayLinger;
  }

  /** Whether Redis answers, as of the last look: that it has taken a connection does not mean so yet. */
  get isHeard(): boolean {
    const { status, stream } = this.#client;
    return status === 'ready' && this.#silentSince === undefined && this.#answeredBy === stream;
  }

  /** In place of a look, where silence means nothing. */
  forgive(): void {
    this.#silentSince = undefined;
  }

  /** To be called every few seconds. Asks for something as well, so that there is an answer to come; not more than once at a time. */
  look(ask: () => Promise<unknown>): void {
    this.#judge();
    if (this.#client.status === 'ready' && !this.#isAsking) void this.#ask(ask());
  }

  #judge(): void {
    // Before the first connection, ioredis has none, whatever its types say.
    const socket: Socket | null | undefined = this.#client.stream;
    // ioredis itself gives up what does not come about.
    if (!socket || socket.connecting || socket.destroyed) return;
    const hasCome = socket !== this.#socket || socket.bytesRead !== this.#read;
    const owed = hasCome ? 0 : this.#client.owedBytes;
    if (owed === 0) {
      this.#socket = socket;
      this.#read = socket.bytesRead;
      this.#silentSince = undefined;
      return;
    }
    const now = performance.now();
    this.#silentSince ??= now;
    if (now - this.#silentSince < patience + owed / this.#slowest) return;
    this.#slowest /= 2;
    this.#leave(socket);
  }

  #leave(socket: Socket): void {
    try {
      // Closed in order, TCP would still try to send what it has, behind what is sent again on the next connection.
      socket.resetAndDestroy();
    } catch {
      // With TLS, Node 24 cannot.
      if (this.#mayLinger) socket.destroy();
    }
  }

  async #ask(answer: Promise<unknown>): Promise<void> {
    const { stream } = this.#client;
    this.#isAsking = true;
    // A refusal is an answer, too.
    await Promise.allSettled([answer]);
    this.#isAsking = false;
    if (stream !== this.#socket) return;
    this.#answeredBy = stream;
    this.#slowest = slowest;
  }
}
