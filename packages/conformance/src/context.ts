import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Executor, ExecutorOptions } from '@anypool/core';
import type { CaseContext } from './case.js';
import { fixtureTasks } from './fixtures/index.js';
import { createGate, type Gate } from './gate.js';
import { type RunningScript, startScript } from './script.js';
import { createTrace } from './trace.js';

/** What a suite is run against: one kind of one adapter. */
export interface Target {
  readonly kind: CaseContext['kind'];
  readonly capabilities: Executor['capabilities'];
  /** The adapter's module URL. */
  readonly module: string;
  createExecutor(options: Omit<ExecutorOptions, 'kind'>): Executor;
}

/** A {@link CaseContext} together with the end of all that was made through it. */
export interface OwnedContext {
  readonly context: CaseContext;
  /** Ends all leftovers. Rejects if one of them cannot be ended. */
  dispose(): Promise<void>;
}

/** Makes what one case works with. */
export function createContext(target: Target): OwnedContext {
  const executors: Executor[] = [];
  const gates: Gate[] = [];
  const scripts: RunningScript[] = [];
  let root: string | undefined;
  let isOver = false;

  // A case that has hung may wake up later; nothing that it makes then would be ended.
  function assertNotOver(): void {
    if (isOver) throw new Error('The case is over.');
  }

  function folder(): string {
    assertNotOver();
    root ??= mkdtempSync(join(tmpdir(), 'anypool-conformance-'));
    return mkdtempSync(join(root, 'folder-'));
  }

  const context: CaseContext = {
    kind: target.kind,
    capabilities: target.capabilities,
    adapter: target.module,
    tasks: fixtureTasks,
    folder,
    create(options = {}) {
      assertNotOver();
      // A slow machine is no starvation; the cases of D5 say otherwise.
      const executor = target.createExecutor({ starvationThreshold: Number.POSITIVE_INFINITY, ...options });
      executors.push(executor);
      return executor;
    },
    async gate() {
      const gate = await createGate(folder());
      gates.push(gate);
      return gate;
    },
    trace: () => createTrace(folder()),
    script(body, options) {
      const script = startScript(body, { kind: target.kind, adapter: target.module, folder: folder() }, options);
      scripts.push(script);
      return script.result;
    },
  };

  async function dispose(): Promise<void> {
    isOver = true;
    for (const script of scripts) script.kill();
    const ends = await Promise.allSettled([
      ...executors.map((executor) => executor.terminate()),
      ...gates.map((gate) => gate.close()),
      // A script's output ends when nothing that it started holds on to it any more.
      ...scripts.map((script) => script.result),
    ]);
    // Last: what still ran may have had files open in it.
    if (root !== undefined) rmSync(root, { recursive: true, force: true, maxRetries: 3 });
    const failure = ends.find((end) => end.status === 'rejected');
    if (failure !== undefined) throw new Error('A leftover of the case could not be ended.', { cause: failure.reason });
  }

  return { context, dispose };
}
