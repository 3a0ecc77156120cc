/** Words on the stack, some 640 kB in all: what it takes to read a value of as many levels as may travel. */
const words = 1024;
const steps = 80;
const padding: readonly number[] = new Array<number>(words).fill(0);
let left = 0;

function descend(): void {
  left -= 1;
  if (left > 0) Reflect.apply(descend, undefined, padding);
}

/**
 * Whether there is room on the stack for whatever core may have to do, the reading of what a worker has sent above all: a message whose
 * reading fails has been taken off its port all the same, and is lost. Asking takes some 50 µs.
 */
export function hasStackRoom(): boolean {
  left = steps;
  try {
    descend();
    return true;
  } catch {
    return false;
  }
}
