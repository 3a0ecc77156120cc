/** A command line that cannot be followed. Its message is one line. */
export class UsageError extends Error {}
