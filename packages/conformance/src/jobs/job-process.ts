// A process that runs cases, one after the other, for the parent that forked it. It ends when the parent says so or is gone.
import { subscribe } from 'node:diagnostics_channel';
import { setImmediate } from 'node:timers/promises';
import { type Adapter, loadAdapter } from '../adapter.js';
import { AdapterError } from '../bad-input.js';
import { conformanceCases } from '../cases/index.js';
import { describeError } from '../error-report.js';
import { type ScriptNews, scriptChannel } from '../script.js';
import { endCase } from './end-case.js';
import { guardAgainstOrphanage } from './guard.js';
import type { AnswerMessage, JobAnswer, JobRequest, RequestMessage } from './job-messages.js';

guardAgainstOrphanage(0, 3000);

let key = '';
let loading: Promise<Adapter> | undefined;
let underWay: Promise<unknown> = Promise.resolve();
const stopping = new AbortController();

process.on('message', (message: RequestMessage) => {
  const { request } = message;
  key = message.key;
  if (request.type === 'stop') void stop();
  else underWay = serve(request);
});
process.on('disconnect', () => void stop());

// The parent ends them if this process cannot: scripts have process groups of their own.
subscribe(scriptChannel, (news) => {
  const { pid, isRunning } = news as ScriptNews;
  answer({ type: 'script', pid, isRunning });
});

async function serve(request: Exclude<JobRequest, { type: 'stop' }>): Promise<void> {
  const { module, timeScale } = request;
  try {
    loading ??= loadAdapter({ module }, timeScale, (step) => answer({ type: 'step', step }));
    const adapter = await loading;
    if (request.type === 'offered') {
      answer({ type: 'offered', offered: await adapter.offered(request.kinds) });
      return;
    }
    const testCase = conformanceCases.find(({ id }) => id === request.id);
    if (testCase === undefined) throw new Error(`There is no case ${request.id}.`);
    const end = await endCase(testCase, adapter.target(request.offered), timeScale, stopping.signal);
    // A rejection that nobody handled ends the process now, while it is plain which case it is of.
    await setImmediate();
    answer({ type: 'ended', end });
  } catch (error) {
    if (request.type === 'run')
      answer({ type: 'ended', end: { status: 'failed', ms: 0, error: describeError(error) } });
    else if (error instanceof AdapterError) answer({ type: 'refused', message: error.message });
    else throw error;
  }
}

async function stop(): Promise<void> {
  stopping.abort(new Error('The run was ended.'));
  await underWay;
  process.exit(0);
}

function answer(content: JobAnswer): void {
  if (process.connected) process.send?.({ key, answer: content } satisfies AnswerMessage);
}
