/**
 * The memory that core shares with a worker, in 32-bit integers. Each holds the id of a call, never a flag: what was meant for one call
 * cannot be taken for the next.
 */
export const cellsPerWorker = 2;
/** The call that core has cancelled, for a task that never yields. */
export const cancelCell = 0;
/** The call that the worker has begun last: one that it has not begun may be given to another worker when it dies. */
export const claimCell = 1;
