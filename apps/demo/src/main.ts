import { runDemo } from './demo.js';
import { helpText, readOptions, UsageError } from './options.js';
import { makeScreen } from './screen/screen.js';

// Only the exit code is set, nothing ends the process: if something of an executor were left, the demo would not end.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough, such as `head`, changes nothing about what holds.
  if (error.code !== 'EPIPE') throw error;
});

try {
  const options = await readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(helpText());
  } else {
    const report = await runDemo(options, makeScreen(process.stdout));
    process.exitCode = report.summary.failed === 0 ? 0 : 1;
  }
} catch (error) {
  const isUsage = error instanceof UsageError;
  console.error(isUsage ? `demo: ${error.message}` : error);
  process.exitCode = isUsage ? 2 : 1;
}
