/** An error with what applications put on theirs: a code, and data. */
export class QuotaError extends Error {
  readonly code = 'E_QUOTA';
  readonly limit: number;

  constructor(message: string, limit: number) {
    super(message);
    this.name = 'QuotaError';
    this.limit = limit;
  }
}

export function exceedQuota(limit: number): void {
  throw new QuotaError('the quota is used up', limit);
}

export async function failWithCauses(): Promise<void> {
  const reset = Object.assign(new TypeError('the socket was reset'), { code: 'ECONNRESET' });
  const query = new Error('the query failed', { cause: reset });
  throw new Error('the report cannot be made', { cause: query });
}

export function failTwice(): void {
  throw new AggregateError(
    [new RangeError('page 7 does not exist'), new QuotaError('page 8 is too long', 80)],
    'two pages failed',
  );
}

export function throwText(): void {
  throw 'a plain string';
}

export function throwUndefined(): void {
  throw undefined;
}

export function exitWorker(code: number): void {
  process.exit(code);
}
