import type { Capabilities, Executor, ExecutorOptions, WorkerKind } from '@anypool/core';
import type { FixtureTasks } from './fixtures/index.js';
import type { Gate } from './gate.js';
import type { ScriptResult } from './script.js';
import type { Trace } from './trace.js';

/** One testable consequence of a rule of the contract. Its body knows no test runner: it throws where the rule is broken. */
export interface ConformanceCase {
  /** Stable for ever: the rule, and what of it is tested, such as `C1-queued-task-never-starts`. */
  readonly id: string;
  /** The rule's id in SPEC.md. */
  readonly rule: string;
  /** What is so, in a sentence. */
  readonly title: string;
  /** Runs only where all of these are true. */
  readonly requires?: readonly (keyof Capabilities)[];
  /** Runs only where all of these are false. */
  readonly unless?: readonly (keyof Capabilities)[];
  /** Runs only for these kinds; default: every kind. For what is about threads or processes as such. */
  readonly kinds?: readonly CaseContext['kind'][];
  /** Why it means nothing where workers are remote: it is skipped there. See `localOnly`. */
  readonly local?: string;
  /** ms after which the case has hung, before scaling; three times as many where workers are remote. Default 20,000. */
  readonly cap?: number;
  /** Runs with no other case beside it, where cases run side by side. For what compares times. */
  readonly alone?: true;
  run(context: CaseContext): Promise<void>;
}

/** What a case works with. All that it makes is ended when the case is over, however it ended. */
export interface CaseContext {
  readonly kind: WorkerKind;
  readonly capabilities: Capabilities;
  /** The adapter's module URL, for scripts that import it. */
  readonly adapter: string;
  /** A new executor of the adapter and kind under test; it is terminated after the case. */
  create(options?: Omit<ExecutorOptions, 'kind'>): Executor;
  /** The fixture task modules. */
  readonly tasks: FixtureTasks;
  /** A latch that tasks of every kind can wait at. */
  gate(): Promise<Gate>;
  /** A file in which tasks leave traces, in order. */
  trace(): Trace;
  /** A new empty folder. */
  folder(): string;
  /**
   * Runs an ES module text as a script of its own in a child process, and gives its output and end.
   * Available in it: `createExecutor` and `kind` of the adapter under test, `core` (all of `@anypool/core`), `tasks` (those of the fixtures), and
   * `fixture(name)`, the URL of a fixture module.
   */
  script(body: string, options?: ScriptOptions): Promise<ScriptResult>;
}

/** Options of {@link CaseContext.script}. */
export interface ScriptOptions {
  readonly execArgv?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** How many file descriptors it may have. Default: as many as the suite. Not on Windows. */
  readonly fileDescriptors?: number;
  /** Called with the child's pid once it has started, and with each line that it prints. */
  readonly onStart?: (pid: number) => void;
  readonly onLine?: (line: string) => void;
}
