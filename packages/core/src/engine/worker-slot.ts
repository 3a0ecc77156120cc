import type {
  Backend,
  BackendWorker,
  Call,
  ChunkResults,
  Outcome,
  WorkerExit,
  WorkerInit,
  WorkerMessage,
} from '../backend-types.js';
import { cancelCell, cellsPerWorker } from '../cells.js';
import { ExecutorError, NotCloneableError, TaskModuleError, TaskTimeoutError } from '../errors.js';
import { describeExit, failedStart } from '../link/opening.js';
import { boundArguments, shownModule } from '../tasks.js';
import { now } from '../timers.js';
import { decodeError, encodeError } from '../values/error-codec.js';
import type { Carrier, Patch } from '../values/inspect.js';
import { prepareArguments } from '../values/sendable.js';
import type { Board } from './board.js';
import type { Chunk } from './chunk.js';
import { readResults } from './chunk-results.js';
import { type Deadline, deadlines } from './deadlines.js';
import { guarded } from './guarded-worker.js';
import type { Job } from './job.js';
import type { PassedMessage } from './passage.js';
import { arrived, HandedCall, Run } from './run.js';
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
export class WorkerSlot {
  readonly id: number;
  state: 'starting' | 'idle' | 'busy' | 'stopping' | 'exited' = 'starting';
  idleSince = 0;
  /** How many tasks it has been given. */
  calls = 0;
  readonly #owner: SlotOwner;
  readonly #backend: Backend;
  readonly #settings: Settings;
  readonly #worker: BackendWorker;
  readonly #carrier: Carrier;
  readonly #cells: Int32Array | undefined;
  /** While it takes calls from there it is `busy`, also between two of them. */
  readonly #seat: Seat | undefined;
  /** A message that has come, and waits until it is known which call the worker runs. */
  #next: Exclude<WorkerMessage, { readonly type: 'bell' }> | undefined;
  readonly #imported = new Set<string>();
  #run: Run | undefined;
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
    this.#settings = settings;
    const { sharedMemory, transfer } = backend.capabilities;
    const via = backend.kind === 'thread' || backend.kind === 'inline' ? 'clone' : 'bytes';
    this.#carrier = { via, sharedMemory, transfer };
    const cells = sharedMemory ? new SharedArrayBuffer(cellsPerWorker * Int32Array.BYTES_PER_ELEMENT) : undefined;
    this.#cells = cells && new Int32Array(cells);
    this.#seat = Seat.at(board, this.#cells, this);
    this.#worker = this.#start(cells);
    // One reaction for each worker, which settles its calls: racing each call against `exited` would keep every call for as long as it lives.
    void this.#worker.exited.then((exit) => this.#exited(exit));
    this.#deadline = deadlines.add(settings.startTimeout, () => {
      this.#startFailed(new Error(`The worker had not started after ${settings.startTimeout} ms (startTimeout).`));
    });
    this.#worker.ready.then(
      () => this.#started(),
      (cause: unknown) => this.#startFailed(cause),
    );
  }

  #start(cells: SharedArrayBuffer | undefined): BackendWorker {
    const { name, initializer, finalizer, env, argv, execArgv, resourceLimits } = this.#settings;
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
    this.#owner.slotReady(this);
  }

  #startFailed(cause: unknown): void {
    if (this.state !== 'starting') return;
    deadlines.remove(this.#deadline);
    this.state = 'stopping';
    this.#worker.kill();
    this.#owner.slotFailed(this, this.#startError === undefined ? cause : this.#startError.error);
  }

  /**
   * Hands a job over: from here on its arguments are read, and it runs. Returns false, with the job rejected and the worker as free
   * as before, if the arguments cannot travel or it was settled while they were read.
   */
  assign(job: Job): boolean {
    const bound = boundArguments(job.task);
    const args = bound.length === 0 ? (job.args ?? []) : [...bound, ...(job.args ?? [])];
    const { passage } = job.options;
    const prepared =
      (passage && { value: passage.call.args }) ??
      job.options.chunk?.hand(bound, this.#carrier, this.#settings.maxTasksPerWorker - this.calls) ??
      prepareArguments(args, this.#carrier);
    if ('obstacle' in prepared) {
      const { path, what, cause } = prepared.obstacle;
      const message = `${path} of task '${job.task.name}' is ${what}, which cannot be sent to a worker. Pass plain data instead.`;
      job.fail(new NotCloneableError(message, { path, side: 'argument', cause }));
      return false;
    }
    // Reading the arguments can call getters, and they can do anything: cancel this very task, or terminate the executor.
    if (job.settled || this.state !== 'idle') return false;
    const { id, task, options } = job;
    const { transferList = [] } = prepared;
    const announce = options.runTimeout !== Number.POSITIVE_INFINITY;
    const shared = this.#backend.shared === true;
    // Of workers that are shared, nobody knows which one it will be, and what that one has imported.
    const importing = shared || !this.#imported.has(task.module);
    const call = new HandedCall(id, task.module, task.name, prepared.value);
    if (importing) call.announce = true;
    if (shared && options.priority !== 0) call.priority = options.priority;
    if (options.items) call.credit = options.highWaterMark;
    if ('patches' in prepared && prepared.patches) call.patches = prepared.patches;
    if ('order' in prepared) call.chunk = { ...prepared.order, ...(announce && { announce }) };
    if (job.context) call.context = job.context;
    if (passage !== undefined) passOn(passage.call, call);
    const phase = shared ? 'wait' : importing ? 'import' : 'run';
    const tasks = 'items' in prepared ? prepared.items : 1;
    const run = new Run(job, call, { tasks, hasMoved: transferList.length > 0, phase });
    this.state = 'busy';
    this.calls += run.tasks;
    this.#run = run;
    this.#seat?.called();
    job.start(this);
    options.chunk?.handed(() => this.#worker.send({ type: 'withdraw', id }));
    passage?.handed((message) => this.#worker.send({ ...message, id }));
    this.#limit(run);
    options.items?.opened((items) => this.#ask(run, items));
    this.#worker.execute(call, transferList).then(
      (outcome) => this.#outcome(run, outcome),
      (error: unknown) => this.#broken(run, error),
    );
    return true;
  }

  /** Lets the worker take calls from the board, if it can run the first one; returns whether it does. */
  look(first: Job | undefined): boolean {
    if (first?.place === undefined || !this.#imported.has(first.task.module)) return false;
    if (this.#seat?.look(this.#worker) !== true) return false;
    this.state = 'busy';
    return true;
  }

  /** Whether it looks for a call on the board, is not known to have one, and can be expected to take the next. */
  get isHungry(): boolean {
    return this.#run === undefined && this.#seat?.isExpected === true;
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
    const { id, task } = job;
    const left = this.#run;
    if (left !== undefined) {
      // It is being ended for an outcome that made no sense, and has gone on all the same.
      this.#end(left);
      left.job.crash(left.crash({}, this.#settings.name, this.id));
    }
    const call = new HandedCall(id, task.module, task.name, [...boundArguments(task), ...(job.args ?? [])]);
    this.#run = new Run(job, call, { tasks: 1, hasMoved: false, phase: 'run' });
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
    while (this.#run?.job === job && (this.#heedNext() || this.#worker.receiveNext?.() === true));
  }

  #limit(run: Run): void {
    const { runTimeout } = run.job.options;
    if (run.phase === 'import') {
      run.limit = deadlines.add(this.#settings.startTimeout, () => {
        const { module } = run.job.task;
        const message = `The task module ${shownModule(module)} was still being imported after ${this.#settings.startTimeout} ms (startTimeout).`;
        run.job.fail(new TaskModuleError(message, { module }));
        this.#worker.kill();
      });
    } else if (run.phase === 'run' && runTimeout !== Number.POSITIVE_INFINITY && !run.job.settled) {
      run.limit = deadlines.add(runTimeout, () => {
        const message = `Task '${run.job.task.name}' was still running after ${runTimeout} ms (runTimeout).`;
        const error = new TaskTimeoutError(message, { phase: 'run', timeout: runTimeout });
        run.job.fail(error);
        this.cancelRun(run.job, error);
      });
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
    this.#worker.send({ type: 'cancel', id: job.id, reason: encodeError(reason, this.#carrier) });
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
    this.#worker.kill();
  }

  // Not after a cancel: a worker that has not yet begun the call knows only the last message about it.
  #ask(run: Run, items: number): void {
    if (this.#run === run && !run.job.settled) this.#worker.send({ type: 'credit', id: run.job.id, items });
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
    if (message.type === 'uncaught') {
      if (message.id !== undefined) this.#lateError();
      else if (run === undefined) this.#startError ??= { error: decodeError(message.error, this.#settings.errors) };
      if (message.id !== undefined || run === undefined) return;
      run.failure = { error: decodeError(message.error, this.#settings.errors) };
      // It is about to exit by itself, unless an 'exit' handler of the task's hangs.
      run.grace ??= deadlines.add(this.#settings.stopTimeout, () => this.#worker.kill());
      return;
    }
    if (message.id !== run?.job.id) return;
    if (message.type === 'begun') {
      run.phase = 'import';
      this.#limit(run);
      return;
    }
    run.received += 1;
    if (message.type === 'started') {
      deadlines.remove(run.limit);
      run.phase = 'run';
      run.job.startedAt = now();
      this.#limit(run);
    } else if (message.type === 'report' || message.type === 'item') {
      this.#told(run, message);
    }
    if (run.held !== undefined) this.#outcome(run, run.held);
  }

  #told(run: Run, message: PassedMessage): void {
    const { passage } = run.job.options;
    if (passage !== undefined) passage.message(message);
    else if (message.type === 'report') run.job.progress(arrived(message));
    else {
      const { chunk } = run.job.options;
      if (chunk === undefined) this.#item(run, message);
      else this.#someResults(run, chunk, message.value);
    }
  }

  #item(run: Run, message: { readonly value: unknown; readonly patches?: readonly Patch[] }): void {
    try {
      const value = arrived(message);
      const { items } = run.job.options;
      if (items === undefined) run.moved = { value };
      else if (!run.job.settled) items.item(value);
    } catch (error) {
      this.#broken(run, error);
    }
  }

  #someResults(run: Run, chunk: Chunk, value: unknown): void {
    let tell: () => void;
    try {
      const { values, patches } = readResults(value);
      run.done += values.length;
      tell = chunk.deliver(values, patches);
    } catch (error) {
      this.#broken(run, error);
      return;
    }
    // Where items have a limit, it is the next one's start that brings the results of those before.
    if (run.phase === 'run' && run.call.chunk?.announce) {
      deadlines.remove(run.limit);
      this.#limit(run);
    }
    tell();
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
    if (outcome.sent > run.received && this.state !== 'exited') {
      run.held = outcome;
      return;
    }
    const { job } = run;
    const { chunk, passage } = job.options;
    if (passage !== undefined) {
      passage.outcomeCame(outcome);
      this.#end(run);
      job.fulfil(undefined);
      this.#called(run);
      return;
    }
    let result: unknown;
    // Read before anything is done with it: an outcome that makes no sense is a broken worker's, and its task has no result.
    try {
      if (outcome.id !== job.id) throw new Error(`The outcome of call ${job.id} has the id ${outcome.id}.`);
      if ('error' in outcome) result = decodeError(outcome.error, this.#settings.errors, this.#origin(job));
      else if (!('moved' in outcome)) result = arrived(outcome);
      else if (run.moved !== undefined) result = run.moved.value;
      else throw new Error(`The value of call ${job.id}, which was moved, has not come.`);
      if (chunk !== undefined && 'value' in outcome) {
        this.#chunkEnded(run, chunk, readResults(result));
        return;
      }
    } catch (error) {
      this.#broken(run, error);
      return;
    }
    this.#end(run);
    if ('error' in outcome) job.fail(result);
    else job.fulfil(result);
    this.#called(run);
  }

  /** Throws, with nothing done, where the results make no sense. */
  #chunkEnded(run: Run, chunk: Chunk, { values, patches, failure, time }: ChunkResults): void {
    const { job } = run;
    const done = run.done + values.length;
    const begun = done + (failure === undefined ? 0 : 1);
    const error = failure && { reason: decodeError(failure, this.#settings.errors, this.#origin(job)) };
    const isWanted = !job.settled && !chunk.isOver;
    if (begun > run.tasks || (begun === 0 && isWanted)) throw new Error(`${begun} of ${run.tasks} items were run.`);
    const tell = chunk.deliver(values, patches);
    if (time !== undefined && begun > 0) chunk.measured(begun, time);
    this.#end(run);
    this.calls -= run.tasks - begun;
    let cut = (): void => {};
    if (error !== undefined) job.fail(error.reason);
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
    if (run.call.announce) this.#imported.add(run.job.task.module);
    this.#released();
  }

  #origin(job: Job): string {
    return `anypool executor '${this.#settings.name}', worker ${this.id}, task ${job.task.name} (${shownModule(job.task.module)})`;
  }

  #broken(run: Run, error: unknown): void {
    if (this.#run !== run) return;
    if (error instanceof ExecutorError) {
      this.#end(run);
      run.job.fail(error);
      this.#released();
      return;
    }
    // The library has given up on this call. Why is for the worker's end to tell, if it tells; this is the next best.
    run.failure ??= { error };
    this.#worker.kill();
  }

  #end(run: Run): void {
    this.#run = undefined;
    this.#seat?.callEnded();
    run.job.options.chunk?.handed(undefined);
    run.job.options.passage?.handed(undefined);
    deadlines.remove(run.limit);
    deadlines.remove(run.grace);
    run.job.leave();
    run.job.options.items?.left();
  }

  #released(): void {
    if (this.state !== 'busy' || this.#seat?.isLooking || this.#gone) return;
    this.state = 'idle';
    if (this.#unfit || this.calls >= this.#settings.maxTasksPerWorker) this.#owner.slotUnfit(this);
    else this.#owner.slotFree(this);
  }

  /** Ends the worker cleanly, and by force when that takes longer than `stopTimeout`. */
  stop(): void {
    if (this.state === 'exited' || this.state === 'stopping') return;
    deadlines.remove(this.#deadline);
    this.state = 'stopping';
    this.#deadline = deadlines.add(this.#settings.stopTimeout, () => this.#worker.kill());
    this.#worker.stop();
  }

  /** Ends the worker now. A call that it runs stays with it until it is gone; `reason` is for the task that cannot be stopped by force. */
  kill(reason: unknown): void {
    if (this.state === 'exited') return;
    if (this.#run !== undefined && !this.#backend.capabilities.terminate) this.cancelRun(this.#run.job, reason);
    if (this.state !== 'busy') this.state = 'stopping';
    this.#worker.kill();
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
      } else run.job.crash(run.crash(exit, this.#settings.name, this.id));
    }
    this.#seat?.leave();
    if (wasStarting)
      this.#owner.slotFailed(
        this,
        this.#startError?.error ??
          exit.error ??
          new Error(`The worker ended while it started (${describeExit(exit)}).`),
      );
    this.#owner.slotExited(this, exit);
  }
}

/** All of somebody else's call but its arguments; what announces its start is this executor's own. */
function passOn({ patches, context, credit, chunk, behalf }: Call, call: HandedCall): void {
  if (patches !== undefined) call.patches = patches;
  if (context !== undefined) call.context = context;
  if (credit !== undefined) call.credit = credit;
  if (chunk !== undefined) call.chunk = chunk;
  if (behalf !== undefined) call.behalf = behalf;
}
