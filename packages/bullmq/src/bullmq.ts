// biome-ignore-all assist/source/organizeImports: what there was before is looked at before.
import { globalsBefore } from './globals-before.js';
import { Job, Queue, QueueEvents, QueueEventsProducer, UnrecoverableError, Worker } from 'bullmq';

// tslib 2.9, which BullMQ 6.7 requires, leaves its helpers as global variables that BullMQ does not use (X8).
for (const name of Object.getOwnPropertyNames(globalThis))
  if (name.startsWith('__') && !globalsBefore.has(name)) Reflect.deleteProperty(globalThis, name);

export { Job, Queue, QueueEvents, QueueEventsProducer, UnrecoverableError, Worker };
