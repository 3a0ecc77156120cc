/** A property's value; undefined where reading it throws. */
export function read(object: object, key: PropertyKey): unknown {
  try {
    return Reflect.get(object, key);
  } catch {
    return undefined;
  }
}

/** A value as text; undefined where it has none. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string' || value === undefined) return value;
  try {
    return String(value);
  } catch {
    return undefined;
  }
}
