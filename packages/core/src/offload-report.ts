/** What a call takes, in ms. */
export interface Timing {
  /** From its start to its result. */
  readonly elapsed: number;
  /** How long this thread was busy meanwhile. */
  readonly busy: number;
}

/** What was measured of a task. */
export interface Measurements {
  readonly here: Timing;
  readonly there: Timing;
  /** Of a task that does nothing. */
  readonly dispatch: Timing;
  readonly cloning: Timing;
  readonly bytes: number;
}

/** What `measureOffload()` found, in ms, of many calls, one at a time: medians, and means of what keeps this thread busy. */
export interface OffloadReport {
  /** The call on this thread, from its start to its result. */
  readonly inline: number;
  /** Of `inline`, how long it keeps this thread busy; less than that only where the task waits for something. */
  readonly busy: number;
  /** The call through the executor, from submit to its result, with no wait for a free worker. */
  readonly offloaded: number;
  /** A task without arguments that does nothing, through the executor: what any call costs. */
  readonly dispatch: number;
  /** Copying the arguments and the result, as part of each call through the executor. */
  readonly cloning: number;
  /** How long this thread is busy with a call through the executor. */
  readonly blocked: number;
  /** How large arguments and result are, as bytes. */
  readonly bytes: number;
  /**
   * Whether a worker pays: the call keeps this thread busy for at least twice as long as sending it does, and for longer than an empty
   * task takes.
   */
  readonly worthIt: boolean;
  /** The same as a sentence. */
  readonly summary: string;
}

/** The report on a task. */
export function reportOf(name: string, { here, there, dispatch, cloning, bytes }: Measurements): OffloadReport {
  const worthIt = here.busy >= 2 * there.busy && here.busy > dispatch.elapsed;
  // Where it waits for the better part of its time, that is what there is to know of it. Quick calls only seem to, by the clocks there are.
  const waits = here.elapsed >= 1 && here.busy < here.elapsed / 2 ? `, ${shown(here.busy)} of it work` : '';
  const copying = cloning.elapsed >= 0.01 ? ` and ${shown(cloning.elapsed)} copying ${shownSize(bytes)}` : '';
  const sending = `in a worker ${shown(there.elapsed)}, ${shown(dispatch.elapsed)} of it dispatch${copying}`;
  return {
    inline: here.elapsed,
    busy: here.busy,
    offloaded: there.elapsed,
    dispatch: dispatch.elapsed,
    cloning: cloning.elapsed,
    blocked: there.busy,
    bytes,
    worthIt,
    summary: `'${name}' takes ${shown(here.elapsed)} here${waits}; ${sending}: ${worthIt ? '' : 'not '}worth a worker.`,
  };
}

function shown(ms: number): string {
  return ms < 0.001 ? 'less than 0.001 ms' : `${Number(ms.toPrecision(3))} ms`;
}

function shownSize(bytes: number): string {
  if (bytes < 1e3) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
