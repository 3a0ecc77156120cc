import { OptionError } from './bad-input.js';

/** The environment variable that stretches every cap where no option says so. */
const variable = 'ANYPOOL_TIME_SCALE';

/** Many more times, and the longest caps would be more ms than a timer can have, which then has ended at once. */
export const maximumTimeScale = 1000;

/** What every cap is multiplied by: `ANYPOOL_TIME_SCALE=3` gives a slow machine three times as long. Default 1. */
export function defaultTimeScale(): number {
  return checkTimeScale(Number(process.env[variable] ?? 1), variable);
}

/** A time scale, if it is one. `where` names what it was given as. */
export function checkTimeScale(timeScale: number, where: string): number {
  if (timeScale > 0 && timeScale <= maximumTimeScale) return timeScale;
  throw new OptionError(`${where}: expected a positive number of at most ${maximumTimeScale}, got ${timeScale}.`);
}
