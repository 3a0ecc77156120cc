process.stdout.write = () => true;
await import('../bare/process-worker.mjs');
