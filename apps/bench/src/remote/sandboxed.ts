// BullMQ's own way to run what blocks: a processor file, which it runs in a child process. It exports the processor alone.
export default async function sandboxed(): Promise<null> {
  return null;
}
