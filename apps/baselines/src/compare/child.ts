// Runs cases on one target, one at a time, in a process that may hang or die of it. Arguments: the module's URL and the kind.
import { inspect } from 'node:util';
import { type ConformanceCase, conformanceCases, runCase } from '@anypool/conformance';
import type { Executor, ExecutorOptions, WorkerKind } from '@anypool/core';
import { refusals } from '../libraries/not-offered.js';
import { type Answer, defaultCap, type Question } from './messages.js';
import type { ErrorText } from './results.js';

const [module = '', kind = ''] = process.argv.slice(2);
const target: { createExecutor(options: ExecutorOptions): Executor } = await import(module);

// What a case that failed did not come to await is no crash, and the rest of the suite tells unhandled rejections by scripts.
process.on('unhandledRejection', () => {});
process.on('disconnect', () => process.exit());
process.on('message', (question: Question) => {
  if (question.type === 'case') void runOne(question);
  else tell({ type: 'capabilities', capabilities: createExecutor({}).capabilities });
});

function createExecutor(options: ExecutorOptions): Executor {
  return target.createExecutor({ kind: knownKind(kind), ...options });
}

function knownKind(name: string): Extract<WorkerKind, 'thread' | 'process'> {
  if (name !== 'thread' && name !== 'process') throw new RangeError(`There is no kind '${name}'.`);
  return name;
}

async function runOne({ id, timeScale, capabilities }: Question & { type: 'case' }): Promise<void> {
  const found = conformanceCases.find((one) => one.id === id);
  if (found === undefined) throw new RangeError(`There is no case ${id}.`);
  const [before, began] = [refusals(), performance.now()];
  let isRefusedInScript = false;
  let isKept = false;
  const isOffered = () => refusals() === before && !isRefusedInScript;
  const watched: ConformanceCase = {
    ...found,
    async run(context) {
      const script: typeof context.script = async (...args) => {
        const result = await context.script(...args);
        isRefusedInScript ||= result.stderr.includes('ERR_NOT_OFFERED');
        return result;
      };
      try {
        await found.run({ ...context, script });
        // After its cap a case has hung, even if it ends while its leftovers are being ended.
        isKept = performance.now() - began < (found.cap ?? defaultCap) * timeScale;
        tell({ type: 'body', isOffered: true });
      } catch (error) {
        tell({ type: 'body', error: textOf(error), isOffered: isOffered() });
        throw error;
      }
    },
  };
  const result = await runCase(watched, { kind: knownKind(kind), capabilities, module, createExecutor }, timeScale);
  // What a rule is about is told by the body; an executor that cannot be ended afterwards breaks another one.
  if (isKept) return tell({ type: 'end', status: 'passed', isEnded: result.status === 'passed' });
  if (result.status === 'passed') throw new Error(`${id} passed without having passed.`);
  const { status, error } = result;
  const isMissing = status === 'failed' && !isOffered();
  tell({ type: 'end', status: isMissing ? 'not offered' : status, error: textOf(error), isEnded: true });
}

function textOf(error: unknown): ErrorText {
  if (error instanceof Error) return { name: error.name, message: error.message.slice(0, 2000) };
  return { name: 'thrown', message: inspect(error).slice(0, 2000) };
}

function tell(answer: Answer): void {
  process.send?.(answer);
}
