/** A rule of the specification, as its document has it. */
export interface Rule {
  readonly id: string;
  /** The chapter that it is in, such as `Submitting and Futures`. */
  readonly group: string;
  /** The strongest word in it. */
  readonly level: 'MUST' | 'MAY';
  /** Whether the adapter itself tests it, since it takes worker hosts that start and die: no case is about it. */
  readonly byAdapter: boolean;
  /** The capability that it needs. */
  readonly capability: string | undefined;
  /** Its first sentence. Markdown, as all texts here. */
  readonly title: string;
  /** All of it but the intent. Paragraphs are separated by empty lines. */
  readonly text: string;
  /** Why it exists. */
  readonly intent: string;
}
