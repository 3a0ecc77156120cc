export { move } from './values/moved.js';
export { type TaskContext, taskContext } from './worker/task-context.js';
