import { type Future, TaskTimeoutError } from '@anypool/core';
import { adapters, executors, type Saboteur, workers } from './saboteur.js';

const cancels: ((reason: unknown) => boolean)[] = [];

/** C: cancelling and time limits. */
export const cancelSaboteurs: readonly Saboteur[] = [
  ...executors(
    [
      'C1',
      'cancel() says true of a settled Future',
      'settled-task-stays',
      { future: (future) => withCancel(future, (reason, cancel) => cancel(reason) || true) },
    ],
    [
      'C1',
      'the reason of a cancel is lost',
      'reason-itself',
      { future: (future) => withCancel(future, (_reason, cancel) => cancel()) },
    ],
    [
      'C5',
      'a cancel takes the task behind along',
      'the-rest-of-the-queue-runs',
      {
        future(future) {
          const place = cancels.push(future.cancel.bind(future));
          return withCancel(future, (reason, cancel) =>
            [cancel, cancels[place]].map((one) => one?.(reason)).includes(true),
          );
        },
      },
    ],
    [
      'C6',
      'signals keep a listener for each view',
      'no-listener-is-left',
      {
        viewOptions(options) {
          options.signal?.addEventListener('abort', () => {});
          return options;
        },
      },
    ],
    [
      'C7',
      'runTimeout counts from the submit',
      'run-timeout-starts-with-the-task',
      {
        viewOptions: ({ runTimeout, ...options }) => ({
          ...options,
          ...(runTimeout !== undefined && { timeout: runTimeout }),
        }),
      },
    ],
    [
      'C7',
      'every time limit passes in the queue',
      'timeout-while-running',
      {
        error: (error) =>
          error instanceof TaskTimeoutError
            ? new TaskTimeoutError(error.message, { timeout: error.timeout, phase: 'queue' })
            : error,
      },
    ],
  ),
  ...workers(
    'thread',
    [
      'C2',
      'no cancel reaches the worker',
      'async-task-sees-the-abort',
      { worker: (sound) => ({ send: (message) => (message.type === 'cancel' ? undefined : sound.send(message)) }) },
      'hangs',
    ],
    [
      'C3',
      'no cancelled task is given a grace',
      'ends-within-the-grace',
      { options: (options) => ({ ...options, cancelGrace: 0 }) },
    ],
    [
      'C3',
      'cancelGrace is taken for a fifth of it',
      'as-long-as-the-grace',
      {
        options: ({ cancelGrace, ...options }) => ({
          ...options,
          ...(cancelGrace !== undefined && { cancelGrace: cancelGrace / 5 }),
        }),
      },
    ],
    [
      'C4',
      'a cancelled task gives up its slot before it has ended',
      'slot-stays-busy',
      {
        worker(sound) {
          let giveUp: (id: number) => void = () => {};
          return {
            execute: (call, transferList) =>
              Promise.race([
                sound.execute(call, transferList),
                new Promise<{ id: number; sent: number; value: undefined }>((resolve) => {
                  giveUp = (id) => resolve({ id, sent: 0, value: undefined });
                }),
              ]),
            send(message) {
              sound.send(message);
              if (message.type === 'cancel') giveUp(message.id);
            },
          };
        },
      },
    ],
  ),
  ...adapters('thread', ['C8', 'keeps the arguments of every task', 'arguments-are-released']),
];

/** The Future with another cancel(), which gets its own one. */
function withCancel(
  future: Future<unknown>,
  cancel: (reason: unknown, sound: (reason?: unknown) => boolean) => boolean,
): Future<unknown> {
  const sound = future.cancel.bind(future);
  return Object.assign(future, { cancel: (reason?: unknown) => cancel(reason, sound) });
}
