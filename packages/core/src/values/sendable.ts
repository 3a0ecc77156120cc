import type { Transferable } from 'node:worker_threads';
import type { Carrier } from './carrier.js';
import { inspect, type Obstacle, type Patch } from './inspect.js';
import { isMoved, type Moved } from './moved.js';
import { type Prepared, prepare, readOnce } from './prepare.js';
import { refusal } from './transferable.js';

/** Makes a call's arguments ready to travel, those in `move()` to be moved; see {@link prepare}. */
export function prepareArguments(args: readonly unknown[], carrier: Carrier): Prepared<readonly unknown[]> {
  if (!args.some(isMoved)) return prepare(args, 'args', carrier);
  const values = args.map((arg) => (isMoved(arg) ? arg.value : arg));
  const sending = new Sending(carrier);
  // The moved ones first: what is moved with one of them may be in an argument that is not.
  const places = [...args.keys()].sort((a, b) => Number(isMoved(args[b])) - Number(isMoved(args[a])));
  for (const place of places) {
    const obstacle = sending.add(args[place], `args[${place}]`, [place]);
    if (obstacle !== undefined) return { obstacle };
  }
  return sending.finish(values, 'args');
}

/** Makes a result, an item or a report ready to travel, moved if it is in `move()`; see {@link prepare}. */
export function prepareValue(value: unknown, name: string, carrier: Carrier): Prepared<unknown> {
  if (!isMoved(value)) return prepare(value, name, carrier);
  const sending = new Sending(carrier);
  const obstacle = sending.add(value, name, []);
  return obstacle === undefined ? sending.finish(value.value, name) : { obstacle };
}

/** A message of values, some of which are moved. */
class Sending {
  readonly #carrier: Carrier;
  readonly #transferList = new Set<Transferable>();
  readonly #patches: Patch[] = [];
  #accessors = false;

  constructor(carrier: Carrier) {
    this.#carrier = carrier;
  }

  /** Looks through a whole value; `steps` lead to it from the message's root. */
  add(value: unknown, name: string, steps: Patch['steps']): Obstacle | undefined {
    const isWhole = isMoved(value);
    const misfit = isWhole ? this.#list(value, name) : undefined;
    if (misfit !== undefined) return misfit;
    const { transfer } = this.#carrier;
    const collects = isWhole && transfer && value.transferList === undefined;
    const moving = transfer ? { transferList: this.#transferList, collects } : undefined;
    const found = inspect(isWhole ? value.value : value, name, this.#carrier, { moving });
    this.#accessors ||= found.accessors;
    this.#patches.push(...found.patches.map((patch) => ({ ...patch, steps: [...steps, ...patch.steps] })));
    return found.obstacle;
  }

  #list({ transferList = [] }: Moved, name: string): Obstacle | undefined {
    try {
      for (const [place, entry] of transferList.entries()) {
        const cause = refusal([entry]);
        if (cause !== undefined)
          return { path: name, what: `moved with entry ${place} of a transferList that cannot be transferred`, cause };
        if (this.#carrier.transfer) this.#transferList.add(entry);
      }
    } catch (cause) {
      return { path: name, what: 'moved with a transferList that cannot be read', cause };
    }
    return undefined;
  }

  /** The message, once all of it was added. */
  finish<T>(value: T, name: string): Prepared<T> {
    let transferList = [...this.#transferList];
    // What Node does not let go of (the memory of its small Buffers, or of WebAssembly) is copied.
    if (transferList.length > 0 && refusal(transferList) !== undefined)
      transferList = transferList.filter((entry) => refusal([entry]) === undefined);
    const patches = this.#patches.length === 0 ? {} : { patches: this.#patches };
    const going = transferList.length > 0 && { transferList };
    if (!this.#accessors) return { value, ...patches, ...going };
    const read = readOnce(value, name, this.#carrier, { transferList: new Set(transferList), collects: false });
    return 'obstacle' in read ? read : { ...read, ...going };
  }
}
