export { type TaskContext, taskContext } from './worker/task-context.js';
