/**
 * The memory that core shares with a worker, in 32-bit integers. The first two hold the id of a call, never a flag: what was meant for
 * one call cannot be taken for the next.
 */
export const cellsPerWorker = 5;
/** The call that core has cancelled, for a task that never yields. */
export const cancelCell = 0;
/** The call that the worker has begun last: one that it has not begun may be given to another worker when it dies. */
export const claimCell = 1;
/** Whether the worker takes calls from the board: {@link away}, {@link looking} or {@link parked}. */
export const lookCell = 2;
/** 1 from the worker's ring, that there is something on the board for core to see, until core has heard it. */
export const bellCell = 3;
/** 1 when the worker is to take no more calls from the board. */
export const enoughCell = 4;

/** It does not look at the board, and waits for core to hand it a call or to let it look. */
export const away = 0;
/** It runs calls from the board, or looks for the next one. */
export const looking = 1;
/** It has found none that is for it, and stopped. Core then lets it go; until it has, the worker may go on. */
export const parked = 2;
