/** The answer of a worker to the message that it was started with. Marked, since tasks may post to their parent as well. */
export interface Reply {
  readonly anypool: 'native/v1';
  readonly reply: unknown;
}

/** The answer, if a message is one. */
export function replyOf(message: unknown): Reply | undefined {
  return typeof message === 'object' && message !== null && 'anypool' in message && message.anypool === 'native/v1'
    ? (message as Reply)
    : undefined;
}
