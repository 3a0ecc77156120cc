import type { Executor } from '@anypool/core';
import type { ErrorText } from './results.js';

/** ms that the suite gives a case which says nothing of it. */
export const defaultCap = 20_000;

/** What the child is asked for: what the target can do, or one case. */
export type Question =
  | { readonly type: 'capabilities' }
  | {
      readonly type: 'case';
      readonly id: string;
      readonly timeScale: number;
      readonly capabilities: Executor['capabilities'];
    };

/** What it answers. `body` comes before the leftovers of a case are ended, which may cost the child its life. */
export type Answer =
  | { readonly type: 'capabilities'; readonly capabilities: Executor['capabilities'] }
  | { readonly type: 'body'; readonly error?: ErrorText; readonly isOffered: boolean }
  | {
      readonly type: 'end';
      readonly status: 'passed' | 'failed' | 'hang' | 'not offered';
      /** False: the case passed, but what it left behind could not be ended. */
      readonly isEnded: boolean;
      readonly error?: ErrorText;
    };
