import { answering } from './serve-bare.js';

const isCoalesced = process.argv[2] === 'coalesced';
// Node's send() looks at its arguments; a callback is not among them, as no message waits for another.
process.on(
  'message',
  answering(isCoalesced, (value) => process.send?.({ value })),
);
process.on('disconnect', () => process.exit());
