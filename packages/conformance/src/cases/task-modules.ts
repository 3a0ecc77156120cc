import { type Task, tasksFrom } from '@anypool/core';
import type { GateHandle } from '../gate.js';
import type { TraceHandle } from '../trace.js';

type PlainTask = Task<[], string>;

function moduleOf(text: string): PlainTask {
  return tasksFrom<{ task(): string }>(urlOf(`${text}\nexport function task() { return 'ran'; }`)).task;
}

function urlOf(text: string): string {
  return `data:text/javascript,${encodeURIComponent(text)}`;
}

function tracing(trace: TraceHandle): string {
  return `import { appendFileSync } from 'node:fs';\nappendFileSync(${JSON.stringify(trace.file)}, 'importing\\n');`;
}

/** A task whose module leaves `importing` in the trace and is never imported to its end. */
export function endlessImport(trace: TraceHandle): PlainTask {
  return moduleOf(`${tracing(trace)}\nawait new Promise(() => {});`);
}

/** The same, without ever giving way to the event loop. */
export function spinningImport(trace: TraceHandle): PlainTask {
  return moduleOf(`${tracing(trace)}\nfor (;;);`);
}

/** A task whose module waits at the gate while it is imported. `basics` is any task of that fixture. */
export function importAt(gate: GateHandle, basics: { readonly module: string }): PlainTask {
  return moduleOf(`import { waitAt } from ${JSON.stringify(basics.module)};\nawait waitAt(${JSON.stringify(gate)});`);
}

/** A task that leaves its argument in the trace, and whose module waits at the gate while it is imported. */
export function traceAfterImportAt(
  gate: GateHandle,
  trace: TraceHandle,
  basics: { readonly module: string },
): Task<[value: number], void> {
  const text = `import { leaveTrace, waitAt } from ${JSON.stringify(basics.module)};
await waitAt(${JSON.stringify(gate)});
export function task(value) { leaveTrace(${JSON.stringify(trace)}, value); }`;
  return tasksFrom<{ task(value: number): void }>(urlOf(text)).task;
}

/** A task whose module takes some turns of the event loop to be imported. */
export function slowImport(): PlainTask {
  return moduleOf('for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));');
}

/** A task whose module kills the process that imports it. */
export function killingImport(signal: NodeJS.Signals): PlainTask {
  return moduleOf(`process.kill(process.pid, '${signal}');\nawait new Promise(() => {});`);
}

/** A task whose module ends its worker while it is imported. */
export function exitingImport(code: number): PlainTask {
  return moduleOf(`process.exit(${code});`);
}
