// Prints which kinds of workers an adapter has, by asking it for each: `node kinds.js @anypool/tinypool`.
import { UnsupportedOptionError } from '@anypool/core';

const { createExecutor } = await import(process.argv[2]);

const kinds = ['thread', 'process'].filter((kind) => {
  try {
    return createExecutor({ kind }).kind === kind;
  } catch (error) {
    if (error instanceof UnsupportedOptionError) return false;
    throw error;
  }
});
console.log(JSON.stringify(kinds));
