/** What a contender's process is asked for. */
export interface Turn {
  readonly case: string;
  readonly share: number;
  readonly workers: number;
  readonly iterationsPerMs: number;
}

/** What it answers: a figure; nothing, if the contender does not offer what is measured; or why there is none. */
export type Answer = { readonly figure: number | undefined } | { readonly error: string };

/** A failure as what a contender answers. */
export function errorAnswer(error: unknown): Answer {
  return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
