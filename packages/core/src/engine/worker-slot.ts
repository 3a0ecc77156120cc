import type {
  Backend,
  BackendWorker,
  ControlMessage,
  Outcome,
  WorkerExit,
  WorkerInit,
  WorkerMessage,
} from '../backend-types.js';
import { cancelCell, cellsPerWorker } from '../cells.js';
import { ExecutorError } from '../errors.js';
import { unread } from '../link/messages.js';
import { failedStart, startFailure } from '../link/opening.js';
import { boundArguments } from '../tasks.js';
import { now } from '../timers.js';
import { type Carrier, carrierOf } from '../values/carrier.js';
import { decodeError, encodeError } from '../values/error-codec.js';
import type { Board } from './board.js';
import { type Deadline, deadlines } from './deadlines.js';
import { guarded } from './guarded-worker.js';
import { allArguments, HandedCall, handOver } from './hand-over.js';
import type { Job } from './job.js';
import { type ChunkEnd, Run, type RunEnd, type RunHost, type RunMessage } from './run.js';
import { Seat } from './seat.js';
import type { Settings } from './settings.js';

/** Who has the worker: hears what becomes of it. Each call is the last thing the slot does in a turn. */
export interface SlotOwner {
  /** The worker is up. */
  slotReady(slot: WorkerSlot): void;
  /** The worker could not start; its end follows, by `slotExited`. */
  slotFailed(slot: WorkerSlot, cause: unknown): void;
  /** There is something new on the board. */
  slotRang(): void;
  /** The worker has ended a call and can take the next. */
  slotFree(slot: WorkerSlot): void;
  /** The worker is to be replaced, now that it is free. */
  slotUnfit(slot: WorkerSlot): void;
  /** The worker died before it began the job, which is proven, or has left a part of it: that may be given to another. */
  slotUnstarted(job: Job): void;
  /** The worker is gone. */
  slotExited(slot: WorkerSlot, exit: WorkerExit): void;
}

/** A worker from its start to its end, and the call that it runs: whatever happens to the worker, the call's job settles. */
export class WorkerSlot implements RunHost {
  readonly id: number;
  readonly settings: Settings;
  readonly worker: BackendWorker;
  state: 'starting' | 'idle' | 'busy' | 'stopping' | 'exited' = 'starting';
  /** Whether it was ever up. */
  wasUp = false;
  idleSince = 0;
  /** How many tasks it has been given. */
  calls = 0;
  readonly #owner: SlotOwner;
  readonly #backend: Backend;
  readonly #carrier: Carrier;
  readonly #cells: Int32Array | undefined;
  /** While it takes calls from there it is `busy`, also between two of them. */
  readonly #seat: Seat | undefined;
  /** A message that has come, and waits until it is known which call the worker runs. */
  #next: Exclude<WorkerMessage, { readonly type: 'bell' }> | undefined;
  readonly #imported = new Set<string>();
  #run: Run | undefined;
  /** Whether its call is being handed over, and what is told of the call meanwhile: the worker would know nothing of it. */
  #isHanding = false;
  #untold: ControlMessage[] = [];
  #unfit = false;
  /** Whether it has exited: what is found out of it after that makes it free for nothing. */
  #gone = false;
  /** What the worker said before it died of its initializer. */
  #startError: { readonly error: unknown } | undefined;
  #deadline: Deadline | undefined;

  constructor(owner: SlotOwner, backend: Backend, settings: Settings, id: number, board: Board | undefined) {
    this.id = id;
    this.#owner = owner;
    this.#backend = backend;
    this.settings = settings;
    const { sharedMemory } = backend.capabilities;
    this.#carrier = carrierOf(backend.kind, backend.capabilities);
    const cells = sharedMemory ? new SharedArrayBuffer(cellsPerWorker * Int32Array.BYTES_PER_ELEMENT) : undefined;
    this.#cells = cells && new Int32Array(cells);
    this.#seat = Seat.at(board, this.#cells, this);
    this.worker = this.#start(cells);
    // One reaction for each worker, which settles its calls: racing each call against `exited` would keep every call for as long as it lives.
    void this.worker.exited.then((exit) => this.#exited(exit));
    this.#deadline = deadlines.add(settings.startTimeout, () => {
      this.#startFailed(new Error(`The worker had not started after ${settings.startTimeout} ms (startTimeout).`));
    });
    this.worker.ready.then(
      () => this.#started(),
      (cause: unknown) => this.#startFailed(cause),
    );
  }

  #start(cells: SharedArrayBuffer | undefined): BackendWorker {
    const { name, initializer, finalizer, env, argv, execArgv, resourceLimits } = this.settings;
    const init: WorkerInit = {
      workerId: this.id,
      executor: name,
      ...(initializer && { initializer }),
      ...(finalizer && { finalizer }),
      ...(env && { env }),
      ...(argv && { argv }),
      ...(execArgv && { execArgv }),
      ...(resourceLimits && { resourceLimits }),
      ...(cells && { cells }),
      ...(this.#seat && { board: this.#seat.init }),
    };
    try {
      return guarded(this.#backend.startWorker(init, { message: (message) => this.#message(message) }));
    } catch (error) {
      return failedStart(error);
    }
  }

  /** Whether nobody has begun its job yet, since its worker is others' as well. */
  get isKeptWaiting(): boolean {
    return this.#run?.phase === 'wait';
  }

  /** The job that it runs, settled or not. */
  get job(): Job | undefined {
    return this.#run?.job;
  }

  #started(): void {
    if (this.state !== 'starting') return;
    deadlines.remove(this.#deadline);
    this.state = 'idle';
    this.wasUp = true;
    this.#owner.slotReady(this);
  }

  #startFailed(cause: unknown): void {
    if (this.state !== 'starting') return;
    deadlines.remove(this.#deadline);
    this.state = 'stopping';
    this.worker.kill();
    this.#owner.slotFailed(this, this.#startError === undefined ? cause : this.#startError.error);
  }

  /**
   * Hands a job over: from here on its arguments are read, and it runs. Returns false, with the job rejected and the worker as free
   * as before, if the arguments cannot travel or it was settled while they were read; with the job as it was if the worker is not free.
   */
  assign(job: Job): boolean {
    const { options, task } = job;
    const shared = this.#backend.shared === true;
    const handing = handOver(job, this.#carrier, this.settings.maxTasksPerWorker - this.calls, shared);
    // Reading the arguments can call getters, and they can do anything: cancel this very task, or terminate the executor.
    if (handing === undefined || job.settled || this.state !== 'idle') {
      if (handing !== undefined) options.chunk?.giveBack(handing.call.args, 0);
      return false;
    }
    const { call, tasks, transferList } = handing;
    // Of workers that are shared, nobody knows which one it will be, and what that one has imported.
    const importing = shared || !this.#imported.has(task.module);
    if (importing) call.announce = true;
    const phase = shared ? 'wait' : importing ? 'import' : 'run';
    const run = new Run(this, job, call, { tasks, hasMoved: transferList.length > 0, phase });
    this.state = 'busy';
    this.calls += tasks;
    this.#run = run;
    this.#seat?.called();
    this.#isHanding = true;
    options.items?.opened((items) => this.#ask(run, items));
    job.start(this);
    options.chunk?.handed(() => this.#tell({ type: 'withdraw', id: job.id }));
    options.passage?.handed((message) => this.#tell({ ...message, id: job.id }));
    run.limit();
    this.worker.execute(call, transferList).then(
      (outcome) => this.#outcome(run, outcome),
      (error: unknown) => this.#broken(run, error),
    );
    this.#isHanding = false;
    for (const message of this.#untold.splice(0)) this.worker.send(message);
    return true;
  }

  #tell(message: ControlMessage): void {
    if (this.#isHanding) this.#untold.push(message);
    else this.worker.send(message);
  }

  /** Lets the worker take calls from the board, if it can run the first one; returns whether it does. */
  look(first: Job | undefined): boolean {
    if (first?.place === undefined || !this.#imported.has(first.task.module)) return false;
    if (this.#seat?.look(this.worker) !== true) return false;
    this.state = 'busy';
    return true;
  }

  /** Whether it looks for a call on the board, and is not known to have one. */
  get isBetweenCalls(): boolean {
    return this.#run === undefined && this.#seat?.isLooking === true;
  }

  /** Whether it can be expected to take the next one, too: not while it is busy with what a task has left behind. */
  get isHungry(): boolean {
    return this.isBetweenCalls && this.#seat?.isExpected === true;
  }

  /** See {@link Seat.expectTaking}. */
  expectTaking(): void {
    if (this.isHungry) this.#seat?.expectTaking();
  }

  /** See {@link Seat.release}; {@link parked} is to follow. */
  release(): boolean {
    return this.#seat?.release() === true;
  }

  parked(): void {
    this.#seat?.leftOff();
    this.#released();
  }

  /** It has taken a job from the board. */
  begin(job: Job, at: number): void {
    const left = this.#run;
    if (left !== undefined) {
      // It is being ended for an outcome that made no sense, and has gone on all the same.
      this.#end(left);
      left.job.crash(left.crash({}));
    }
    const call = new HandedCall(job, allArguments(job));
    this.#run = new Run(this, job, call, { tasks: 1, hasMoved: false, phase: 'run' });
    this.#seat?.called();
    this.calls += 1;
    job.start(this, at);
  }

  /** The job from the board has ended. */
  ended(outcome: Outcome): void {
    if (this.#run?.job.id === outcome.id) this.#outcome(this.#run, outcome);
  }

  /** The job's outcome has been sent: hears all messages up to it. */
  hearOutcome(job: Job): void {
    try {
      // After one that could not be read, what comes next may be of the next call.
      while (
        this.#run?.job === job &&
        this.#run.failure === undefined &&
        (this.#heedNext() || this.worker.receiveNext?.() === true)
      );
    } catch (error) {
      const run = this.#run;
      if (run?.job !== job) return;
      // What the call gave is lost, and its worker is fit for the next one.
      run.failure ??= { error: unread(error) };
      this.#end(run);
      job.crash(run.crash({}));
    }
  }

  /** Tells the running task that it is cancelled, and ends the worker if the task goes on past its grace. The job itself is settled. */
  cancelRun(job: Job, reason: unknown, cancelGrace: number = job.options.cancelGrace): void {
    const run = this.#run;
    if (run?.job !== job) return;
    const { terminate } = this.#backend.capabilities;
    if (terminate && cancelGrace === 0) {
      this.#killIn(run);
      return;
    }
    if (run.grace !== undefined) return;
    if (this.#cells !== undefined) Atomics.store(this.#cells, cancelCell, job.id | 0);
    if (terminate) {
      run.grace = deadlines.add(cancelGrace, () => this.#killIn(run));
    }
    this.#tell({ type: 'cancel', id: job.id, reason: encodeError(reason, this.#carrier) });
  }

  /** Ends the worker, if it is still in this run: one that takes calls by itself may have gone on to somebody else's. */
  #killIn(run: Run): void {
    if (this.#seat?.isLooking) {
      // First: if the call is found to be running after this, no other follows it.
      this.#seat.setEnough(true);
      this.#seat.collect();
      if (this.#run !== run) {
        this.#seat.setEnough(this.#unfit);
        return;
      }
    }
    this.worker.kill();
  }

  // Not after a cancel: a worker that has not yet begun the call knows only the last message about it.
  #ask(run: Run, items: number): void {
    if (this.#run === run && !run.job.settled) this.#tell({ type: 'credit', id: run.job.id, items });
  }

  #message(message: WorkerMessage): void {
    if (message.type === 'bell') {
      this.#seat?.heard();
      this.#owner.slotRang();
      return;
    }
    this.#next = message;
    // What it is about may be a call that the worker took from the board.
    if (this.#seat?.isLooking) this.#seat.collect();
    this.#heedNext();
  }

  #heedNext(): boolean {
    const message = this.#next;
    this.#next = undefined;
    if (message !== undefined) this.#heed(message);
    return message !== undefined;
  }

  #heed(message: Exclude<WorkerMessage, { readonly type: 'bell' }>): void {
    if (message.type === 'outcome') {
      this.ended(message.outcome);
      return;
    }
    const run = this.#run;
    if (message.type === 'unread') {
      this.#unread(run, unread(message.error));
      return;
    }
    if (message.type === 'uncaught') {
      if (message.id !== undefined) this.#lateError();
      else if (run === undefined) this.#startError ??= { error: decodeError(message.error, this.settings.errors) };
      if (message.id !== undefined || run === undefined) return;
      run.failure = { error: decodeError(message.error, this.settings.errors) };
      // It is about to exit by itself, unless an 'exit' handler of the task's hangs.
      run.grace ??= deadlines.add(this.settings.stopTimeout, () => this.worker.kill());
      return;
    }
    if (message.id === run?.job.id) this.#told(run, message);
  }

  // It may have been the outcome, which nobody can wait for.
  #unread(run: Run | undefined, error: unknown): void {
    if (run === undefined) {
      this.#startError ??= { error };
      this.worker.kill();
      return;
    }
    run.failure ??= { error };
    this.#killIn(run);
  }

  #told(run: Run, message: RunMessage): void {
    try {
      run.heard(message);
    } catch (error) {
      this.#broken(run, error);
    }
    if (run.held !== undefined) this.#outcome(run, run.held);
  }

  // A task that ended long ago has left something behind that failed: whoever runs now is to finish, and the worker to be replaced.
  #lateError(): void {
    this.#unfit = true;
    this.#seat?.setEnough(true);
    if (this.state === 'idle') this.#owner.slotUnfit(this);
  }

  #outcome(run: Run, outcome: Outcome): void {
    // The worker has said that it is about to die of this call: what the call still returns is not worth more than that.
    if (this.#run !== run || run.failure !== undefined) return;
    if (typeof outcome !== 'object' || outcome === null) {
      this.#broken(run, new Error('The worker gave no outcome.'));
      return;
    }
    if (run.isAhead(outcome) && this.state !== 'exited') {
      run.held = outcome;
      return;
    }
    const { job } = run;
    const { passage } = job.options;
    if (passage !== undefined) {
      passage.outcomeCame(outcome);
      this.#end(run);
      job.fulfil(undefined);
      this.#called(run);
      return;
    }
    let end: RunEnd;
    try {
      end = run.read(outcome);
    } catch (error) {
      this.#broken(run, error);
      return;
    }
    this.#end(run);
    if ('chunk' in end) {
      this.#chunkEnded(run, end);
      return;
    }
    if ('error' in end) job.fail(end.error);
    else job.fulfil(end.value);
    this.#called(run);
  }

  #chunkEnded(run: Run, { begun, chunk, failure, tell }: ChunkEnd): void {
    const { job } = run;
    this.calls -= run.tasks - begun;
    let cut = (): void => {};
    if (failure !== undefined) job.fail(failure.reason);
    else {
      chunk.giveBack(run.call.args, begun);
      // In another chunk, a time limit would begin anew.
      if (job.options.timeout === Number.POSITIVE_INFINITY) cut = chunk.shorten();
      if (chunk.hasRest && !job.settled) this.#owner.slotUnstarted(job);
      else job.fulfil(undefined);
    }
    this.#called(run);
    // Now that everything is as it is to be: whoever hears of it may do anything.
    cut();
    tell();
  }

  #called(run: Run): void {
    if (this.state === 'exited') return;
    // Of workers that are shared it is never asked, and they may last for as long as the program.
    if (run.call.announce && this.#backend.shared !== true) this.#imported.add(run.job.task.module);
    this.#released();
  }

  #broken(run: Run, error: unknown): void {
    if (this.#run !== run) return;
    if (error instanceof ExecutorError) {
      // Of what was not sent, the worker has seen nothing (W7).
      this.calls -= run.tasks;
      this.#end(run);
      run.job.fail(error);
      this.#released();
      return;
    }
    // The library has given up on this call. Why is for the worker's end to tell, if it tells; this is the next best.
    run.failure ??= { error };
    this.worker.kill();
  }

  #end(run: Run): void {
    this.#run = undefined;
    this.#seat?.callEnded();
    run.end();
  }

  #released(): void {
    if (this.state !== 'busy' || this.#seat?.isLooking || this.#gone) return;
    this.state = 'idle';
    if (this.#unfit || this.calls >= this.settings.maxTasksPerWorker) this.#owner.slotUnfit(this);
    else this.#owner.slotFree(this);
  }

  /** Ends the worker cleanly, and by force when that takes longer than `stopTimeout`. */
  stop(): void {
    if (this.state === 'exited' || this.state === 'stopping') return;
    // A start that a stop comes upon has no more time than it had.
    const left = this.state === 'starting' && this.#deadline !== undefined ? this.#deadline.at - now() : undefined;
    deadlines.remove(this.#deadline);
    this.state = 'stopping';
    const limit = Math.max(0, Math.min(this.settings.stopTimeout, left ?? Number.POSITIVE_INFINITY));
    this.#deadline = deadlines.add(limit, () => this.worker.kill());
    this.worker.stop();
  }

  /** Ends the worker now. A call that it runs stays with it until it is gone; `reason` is for the task that cannot be stopped by force. */
  kill(reason: unknown): void {
    if (this.state === 'exited') return;
    if (this.#run !== undefined && !this.#backend.capabilities.terminate) this.cancelRun(this.#run.job, reason);
    if (this.state !== 'busy') this.state = 'stopping';
    this.worker.kill();
  }

  #exited(exit: WorkerExit): void {
    deadlines.remove(this.#deadline);
    this.#gone = true;
    this.#seat?.collect();
    this.#seat?.leftOff();
    const wasStarting = this.state === 'starting';
    this.state = 'exited';
    const run = this.#run;
    if (run?.held !== undefined) this.#outcome(run, run.held);
    // Also one whose outcome made no sense without the messages that it had overtaken.
    if (run !== undefined && this.#run === run) {
      this.#end(run);
      if (run.isUnstarted(exit)) {
        this.calls -= run.tasks;
        run.job.handedInVain += 1;
        if (run.job.options.chunk !== undefined) run.job.options.chunk.giveBack(run.call.args, 0);
        else run.job.args = run.call.args.slice(boundArguments(run.job.task).length);
        this.#owner.slotUnstarted(run.job);
      } else run.job.crash(run.crash(exit));
    }
    this.#seat?.leave();
    if (wasStarting)
      this.#owner.slotFailed(this, this.#startError === undefined ? startFailure(exit) : this.#startError.error);
    this.#owner.slotExited(this, exit);
  }
}
