/** A rule of the specification, as its document has it. */
export interface Rule {
  readonly id: string;
  /** The chapter that it is in, such as `Submitting and Futures`. */
  readonly group: string;
  /** The strongest word in it. */
  readonly level: 'MUST' | 'MAY';
  /** Whether it is agreed but not provided yet: no case has to be about it. */
  readonly planned: boolean;
  /** The capability that it needs. */
  readonly capability: string | undefined;
  /** Its first sentence. Markdown, as all texts here. */
  readonly title: string;
  /** All of it but the intent. Paragraphs are separated by empty lines. */
  readonly text: string;
  /** Why it exists. */
  readonly intent: string;
}
