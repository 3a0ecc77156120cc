// A caller that is killed by its test: submits a task that waits for a latch, and one behind it.
import { createExecutor } from '@anypool/bullmq';
import { tasksFrom } from '@anypool/core';

const [, , options, latch, file] = process.argv;
const tasks = tasksFrom(new URL('./tasks.js', import.meta.url));
const executor = createExecutor(JSON.parse(options));
executor.submit(tasks.waitFor, latch, file, 'running');
executor.submit(tasks.trace, file, 'queued');
