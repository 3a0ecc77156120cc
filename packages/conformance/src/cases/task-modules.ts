import { type Task, tasksFrom } from '@anypool/core';
import type { GateHandle } from '../gate.js';
import type { TraceHandle } from '../trace.js';

type PlainTask = Task<[], string>;

function moduleOf(text: string): PlainTask {
  return tasksFrom<{ task(): string }>(
    `data:text/javascript,${encodeURIComponent(`${text}\nexport function task() { return 'ran'; }`)}`,
  ).task;
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
