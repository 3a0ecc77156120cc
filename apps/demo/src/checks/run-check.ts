import type { Executor } from '@anypool/core';
import type { Target } from '../backends.js';
import { type Check, type CheckResult, judge } from './check.js';
import { type Gate, makeGate } from './gate.js';
import { within } from './within.js';
import type { WorkerWatch } from './worker-watch.js';

/** Generous: a slow machine must not fail a check, and only what hangs ever takes so long. */
const cap = 30_000;

/** Runs a check on a target and ends everything that it left. Never rejects. */
export async function runCheck(check: Check, target: Target, workers: WorkerWatch): Promise<CheckResult> {
  const executors: Executor[] = [];
  const gates: Gate[] = [];
  const context = {
    target,
    workers,
    createExecutor(options: Parameters<Target['createExecutor']>[0]) {
      const executor = target.createExecutor(options);
      executors.push(executor);
      return executor;
    },
    async makeGate() {
      const gate = await makeGate();
      gates.push(gate);
      return gate;
    },
  };
  const expected = typeof check.expected === 'function' ? check.expected(target) : check.expected;
  return judge(check, target.name, expected, async () => {
    try {
      return await within(cap, check.run(context), 'the check');
    } finally {
      // Executors first: a gate that goes away fails the tasks that still wait at it.
      const ended = Promise.all(executors.map((executor) => executor.terminate()));
      await within(cap, ended, 'terminate() after the check');
      for (const gate of gates) await gate[Symbol.asyncDispose]();
    }
  });
}
