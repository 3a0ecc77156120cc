/** The results of a map until its end, and the error that ended it, if one did. */
export async function outcome<T>(results: AsyncIterable<T>): Promise<{ values: T[]; error: unknown }> {
  const values: T[] = [];
  try {
    for await (const result of results) values.push(result);
  } catch (error) {
    return { values, error };
  }
  return { values, error: undefined };
}

/** An endless input that notes how often it was closed. */
export function endless<T>(item: (i: number) => T): { items: Iterable<T>; closed: () => number } {
  let closed = 0;
  function* made() {
    try {
      for (let i = 0; ; i += 1) yield item(i);
    } finally {
      closed += 1;
    }
  }
  return { items: made(), closed: () => closed };
}
