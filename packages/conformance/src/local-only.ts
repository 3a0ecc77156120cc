/** Why some cases mean nothing where workers are remote. Words, for the list of what was skipped. */
export const localOnly = {
  modules: 'a remote worker runs only the modules that it was started with (R2)',
  place: 'which of its workers runs a task is the affair of a remote host',
  hooks: 'the workers of a remote host, and what initializes them, are its own',
  latency: 'a cancel goes to a remote host by a way of its own, and is overtaken here',
} as const;
