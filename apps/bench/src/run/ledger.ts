import type { Case } from '../cases/case.js';
import type { Contender } from '../contenders/contenders.js';
import type { Failure, Result } from '../results/figures.js';

/** ms for a contender in a case, after which it takes part in no more rounds of it than the fewest. */
const patience = 8000;
const fewest = 2;

interface Account {
  readonly case: string;
  readonly contender: Contender;
  /** By round; a hole where it did not take part. */
  readonly figures: (number | undefined)[];
  spent: number;
  isOut: boolean;
}

/** What was measured, and who is out: whoever failed, is silent, or has taken long enough. */
export class Ledger {
  readonly failures: Failure[] = [];
  readonly #accounts = new Map<string, Account>();

  get results(): readonly Result[] {
    return [...this.#accounts.values()]
      .filter(({ figures }) => figures.length > 0)
      .map(({ case: id, contender: { id: name, backend, kind, way }, figures }) => ({
        case: id,
        contender: name,
        backend,
        kind,
        way,
        figures: Array.from(figures, (figure) => figure ?? null),
      }));
  }

  /** Starts a contender, or puts down that it did not start. */
  async start(contender: Contender, run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#fail(undefined, contender, error);
    }
  }

  /** A turn that does not count. */
  async warm(one: Case, contender: Contender, run: () => Promise<unknown>): Promise<void> {
    const account = this.#accountOf(one, contender);
    if (account.isOut) return;
    try {
      if ((await run()) === undefined) account.isOut = true;
    } catch (error) {
      account.isOut = true;
      this.#fail(one, contender, error);
    }
  }

  /** A turn that does. */
  async take(one: Case, contender: Contender, round: number, run: () => Promise<number | undefined>): Promise<void> {
    const account = this.#accountOf(one, contender);
    const taken = account.figures.filter((figure) => figure !== undefined).length;
    if (account.isOut || (account.spent > patience && taken >= fewest)) return;
    const start = performance.now();
    try {
      const figure = await run();
      if (figure === undefined) account.isOut = true;
      else account.figures[round] = figure;
    } catch (error) {
      account.isOut = true;
      this.#fail(one, contender, error);
    }
    account.spent += performance.now() - start;
  }

  #accountOf(one: Case, contender: Contender): Account {
    const key = `${one.id} ${contender.id}`;
    const account = this.#accounts.get(key) ?? { case: one.id, contender, figures: [], spent: 0, isOut: false };
    this.#accounts.set(key, account);
    return account;
  }

  #fail(one: Case | undefined, { id }: Contender, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.failures.push({ case: one?.id ?? 'start', contender: id, message });
  }
}
