/**
 * What all copies of this package in one thread share, such as the default executor: made by the first copy that asks for it.
 *
 * `name` ends in a version, which changes when what is stored does: copies of different versions then each have their own.
 */
export function globalOnce<T>(name: string, make: () => T): T {
  const key = Symbol.for(name);
  const known: T | undefined = Reflect.get(globalThis, key);
  if (known !== undefined) return known;
  const made = make();
  Object.defineProperty(globalThis, key, { value: made, configurable: true });
  return made;
}
