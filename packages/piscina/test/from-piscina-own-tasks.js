// The pool owner's own tasks, as a module of theirs would have them.
import { taskContext } from '@anypool/core/task';

export default (value) => `${value}!`;
export const context = () => taskContext().taskId;
export const exit = () => process.exit(5);
export const forever = () => new Promise(() => {});
export const slow = () => new Promise((resolve) => setTimeout(resolve, 300));
