import { type Case, isFresh, type LiveCase } from '../cases/case.js';
import { casesFor } from '../cases/cases.js';
import { type Contender, contenders } from '../contenders/contenders.js';

/** The contender of that id. */
export function contenderOf(id: string): Contender {
  const found = contenders.find((one) => one.id === id);
  if (found === undefined) throw new RangeError(`there is no contender ${id}`);
  return found;
}

/** The case of that id. */
export function caseOf(id: string, workers: number): Case {
  const found = casesFor(workers).find((one) => one.id === id);
  if (found === undefined) throw new RangeError(`there is no case ${id}`);
  return found;
}

/** The same, of those that are measured on an open pool. */
export function liveCaseOf(id: string, workers: number): LiveCase {
  const found = caseOf(id, workers);
  if (isFresh(found)) throw new RangeError(`${id} is not measured on an open pool`);
  return found;
}
