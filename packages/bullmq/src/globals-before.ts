/** The global names that there were before BullMQ was loaded, see bullmq.ts. */
export const globalsBefore: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(globalThis));
