import type { OfferedKind } from '../adapter.js';
import type { CaseContext } from '../case.js';
import type { ErrorReport } from '../error-report.js';

/** How a case ended, as plain data. */
export interface CaseEnd {
  readonly status: 'passed' | 'failed' | 'hang';
  readonly ms: number;
  readonly error?: ErrorReport;
}

/** What a job process is asked for. It does one thing at a time. */
export type JobRequest =
  | {
      readonly type: 'offered';
      readonly module: string;
      readonly timeScale: number;
      readonly kinds: readonly CaseContext['kind'][] | undefined;
    }
  | {
      readonly type: 'run';
      readonly module: string;
      readonly timeScale: number;
      readonly id: string;
      readonly offered: OfferedKind;
    }
  | { readonly type: 'stop' };

/** What it answers. A step begins, or a script of the case does or is over; all other messages are the end of what was asked for. */
export type JobAnswer =
  | { readonly type: 'step'; readonly step: string }
  | { readonly type: 'script'; readonly pid: number; readonly isRunning: boolean }
  | { readonly type: 'offered'; readonly offered: readonly OfferedKind[] }
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'ended'; readonly end: CaseEnd };

/** What a process is sent. */
export interface RequestMessage {
  /** Random, and on all answers: adapters and their libraries send messages on the same channel, which are none. */
  readonly key: string;
  readonly request: JobRequest;
}

/** What it sends. Not of the shape of a request, which an adapter may send back as it came. */
export interface AnswerMessage {
  readonly key: string;
  readonly answer: JobAnswer;
}

/** The answer in a message, if it has one and the key is right. */
export function answerIn(message: unknown, key: string): JobAnswer | undefined {
  return isAnswer(message) && message.key === key ? message.answer : undefined;
}

// The key says that it is as it was sent.
function isAnswer(message: unknown): message is AnswerMessage {
  return typeof message === 'object' && message !== null && 'key' in message && 'answer' in message;
}
