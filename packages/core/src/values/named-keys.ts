import { inspect } from 'node:util';

/** The keys of an array's properties beside its elements. */
export function namedKeys(value: readonly unknown[]): string[] {
  if (value.length > 1000 && isBare(value)) return [];
  const keys = Object.keys(value);
  // Indices come first.
  let count = keys.length;
  while (count > 0 && !isIndex(keys[count - 1] ?? '')) count -= 1;
  return keys.slice(count);
}

// Listing the keys of a long array takes longer than all the rest. Node shows it without them; if it shows more than this, they are listed.
function isBare(value: readonly unknown[]): boolean {
  try {
    const shown = inspect(value, { maxArrayLength: 0, depth: 0, customInspect: false });
    return shown === `[ ... ${value.length} more items ]`;
  } catch {
    return false;
  }
}

function isIndex(key: string): boolean {
  const index = Number(key);
  return String(index) === key && index >= 0 && index < 2 ** 32 - 1 && Number.isInteger(index);
}
