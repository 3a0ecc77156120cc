import type { BoardTask, Call, Outcome, WorkerEvents, WorkerExit, WorkerMessage } from '../src/backend.js';
import { type BackendWorker, capabilities, createExecutorFrom, type WorkerInit } from '../src/backend.js';
import { bellCell, cellsPerWorker, claimCell, enoughCell, lookCell, parked } from '../src/cells.js';
import type { Executor, ExecutorOptions } from '../src/index.js';
import { BoardMemory, done, markOf, offered, taken } from '../src/link/board.js';

/** A worker that does what the test says and when, so that what happens between two of core's steps is no matter of luck. */
export class BoardWorker implements BackendWorker {
  readonly prefetch = 0;
  readonly ready: Promise<void> = Promise.resolve();
  readonly exited: Promise<WorkerExit>;
  readonly board: BoardMemory;
  readonly seat: number;
  readonly cells: Int32Array;
  readonly events: WorkerEvents;
  readonly tasks: BoardTask[] = [];
  /** The calls that core has handed over, and how to answer the last one. */
  readonly calls: Call[] = [];
  answer: (value: unknown) => void = () => {};
  looks = 0;
  isKilled = false;
  /** Messages that have been sent and not been heard. */
  readonly #sent: WorkerMessage[] = [];
  #exit: (exit: WorkerExit) => void = () => {};
  /** What it has taken last. */
  #place = 0;
  #turn = 0;

  constructor(init: WorkerInit, events: WorkerEvents) {
    this.board = new BoardMemory(init.board?.memory ?? BoardMemory.create());
    this.seat = init.board?.seat ?? 0;
    this.cells = new Int32Array(init.cells ?? new SharedArrayBuffer(cellsPerWorker * 4));
    this.events = events;
    this.exited = new Promise((resolve) => {
      this.#exit = resolve;
    });
  }

  execute(call: Call): Promise<Outcome> {
    this.calls.push(call);
    return new Promise((resolve) => {
      this.answer = (value) => resolve({ id: call.id, sent: 0, value });
    });
  }

  look(news: readonly BoardTask[]): void {
    this.looks += 1;
    for (const task of news) this.tasks[task[0]] = task;
  }

  receiveNext(): boolean {
    const message = this.#sent.shift();
    if (message !== undefined) this.events.message(message);
    return message !== undefined;
  }

  send(): void {}

  stop(): void {
    this.#exit({});
  }

  kill(): void {
    this.isKilled = true;
    this.exit({ exitCode: 1 });
  }

  /** It is gone, having begun what it took. */
  exit(exit: WorkerExit = {}): void {
    this.#exit({ begun: Atomics.load(this.cells, claimCell), ...exit });
  }

  /** Takes the first call that is left, and begins it; gives its arguments. */
  take(): readonly unknown[] | undefined {
    if (Atomics.load(this.cells, enoughCell) !== 0) return undefined;
    const { board } = this;
    for (let turn = board.head; ((board.tail - turn) | 0) > 0; turn = (turn + 1) | 0) {
      const place = board.placeOf(turn);
      const isTaken = board.exchange(place, markOf(turn, 0, offered), markOf(turn, this.seat, taken));
      board.passed(turn);
      if (!isTaken) continue;
      this.#place = place;
      this.#turn = turn;
      board.start(place);
      Atomics.store(this.cells, claimCell, board.id(place) | 0);
      return board.args(place);
    }
    return undefined;
  }

  /** The call has ended. */
  finish(value: unknown): void {
    this.board.writeResult(this.#place, value);
    this.#mark();
  }

  /** The call has ended with what has no room on the board. */
  finishByMessage(outcome: Omit<Outcome, 'id'>, before: readonly WorkerMessage[] = []): void {
    this.#sent.push(...before, { type: 'outcome', outcome: { ...outcome, id: this.board.id(this.#place) } as Outcome });
    this.board.writeNoResult(this.#place);
    this.#mark();
  }

  #mark(): void {
    this.board.end(this.#place);
    this.board.setMark(this.#place, markOf(this.#turn, this.seat, done));
  }

  /** Tells core to look at the board. */
  ring(): void {
    Atomics.store(this.cells, bellCell, 1);
    this.events.message({ type: 'bell' });
  }

  /** Stops looking, and says so unless told not to. */
  park(rings = true): void {
    Atomics.store(this.cells, lookCell, parked);
    if (rings) this.ring();
  }

  /** Hears what has been sent. */
  flush(): void {
    while (this.receiveNext());
  }
}

/** An executor over such workers. */
export function boardExecutor(options: ExecutorOptions = {}): {
  readonly executor: Executor;
  readonly workers: BoardWorker[];
} {
  const workers: BoardWorker[] = [];
  const executor = createExecutorFrom(
    {
      name: 'scripted',
      kind: 'thread',
      capabilities: capabilities({ sharedMemory: true, terminate: true, isolation: true, transfer: true }),
      startWorker(init, events) {
        const worker = new BoardWorker(init, events);
        workers.push(worker);
        return worker;
      },
    },
    { kind: 'thread', starvationThreshold: Number.POSITIVE_INFINITY, ...options },
  );
  return { executor, workers };
}

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Workers that are up, and have run a call of the task, so that they may take others of it by themselves. */
export async function upAndRunning(
  { executor, workers }: ReturnType<typeof boardExecutor>,
  start: () => Promise<unknown>,
): Promise<BoardWorker[]> {
  const first = Array.from({ length: executor.maxWorkers }, start);
  await turn();
  for (const worker of workers) worker.answer(undefined);
  await Promise.all(first);
  return workers;
}
