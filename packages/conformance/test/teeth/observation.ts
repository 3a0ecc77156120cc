import { channel } from 'node:diagnostics_channel';
import { type ExecutorStats, TaskNotFoundError } from '@anypool/core';
import { coreFunctions, executors, type Saboteur } from './saboteur.js';

/** O: what can be seen. */
export const observationSaboteurs: readonly Saboteur[] = [
  ...executors(
    [
      'O1',
      'tasks that were cancelled are counted as failed',
      'counts',
      {
        methods: (executor) => ({
          stats() {
            const { cancelled, failed, ...others } = executor.stats();
            return { ...others, cancelled: 0, failed: failed + cancelled };
          },
        }),
      },
    ],
    [
      'O1',
      'waitTime and runTime are taken for each other',
      'percentiles',
      {
        methods: (executor) => ({
          stats() {
            const { runTime, waitTime, ...others } = executor.stats();
            return { ...others, runTime: waitTime, waitTime: runTime };
          },
        }),
      },
    ],
    [
      'O1',
      'each percentile is the median',
      'percentiles',
      {
        methods: (executor) => ({
          stats() {
            const { runTime, waitTime, ...others } = executor.stats();
            return { ...others, runTime: flat(runTime), waitTime: flat(waitTime) };
          },
        }),
      },
    ],
    [
      'O2',
      'the start of a task is not told of',
      'tasks',
      {
        around() {
          const starts = Object.assign(channel('anypool:task:start'), { publish() {} });
          return () => void Reflect.deleteProperty(starts, 'publish');
        },
      },
    ],
    [
      'O3',
      'a missing export has the code of a missing module',
      'TaskNotFoundError',
      {
        error: (error) =>
          error instanceof TaskNotFoundError ? Object.assign(error, { code: 'ERR_TASK_MODULE' }) : error,
      },
    ],
  ),
  ...coreFunctions('inline', ['O4', 'registerContextCarrier() takes nothing of the context along', 'values-arrive']),
];

function flat({ p50, max }: ExecutorStats['runTime']): ExecutorStats['runTime'] {
  return { p50, p95: p50, p99: p50, max };
}
