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
  /** Bytes that have arrived in Redis, as it has answered what was behind them. */
  #arrived = 0;
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
    return (
      this.#silentSince === undefined && this.#answeredBy !== undefined && this.#answeredBy === this.#client.stream
    );
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
    if (!socket) return;
    if (socket !== this.#socket) {
      this.#socket = socket;
      this.#read = -1;
      this.#arrived = 0;
    }
    if (socket.bytesRead !== this.#read || !owesAnswer(this.#client)) {
      this.#read = socket.bytesRead;
      this.#silentSince = undefined;
      return;
    }
    const now = performance.now();
    this.#silentSince ??= now;
    const onTheirWay = (socket.bytesWritten - this.#arrived) / this.#slowest;
    if (now - this.#silentSince < patience + onTheirWay) return;
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
    const { bytesWritten } = stream;
    this.#isAsking = true;
    // A refusal is an answer, too.
    await Promise.allSettled([answer]);
    this.#isAsking = false;
    if (stream !== this.#socket) return;
    this.#arrived = bytesWritten;
    this.#answeredBy = stream;
    this.#slowest = slowest;
  }
}

function owesAnswer(client: QuietRedis): boolean {
  const owed: unknown = Reflect.get(client, 'commandQueue');
  return typeof owed === 'object' && owed !== null && 'length' in owed && owed.length !== 0;
}
