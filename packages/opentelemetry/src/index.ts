export { traceTasks } from './trace-tasks.js';
