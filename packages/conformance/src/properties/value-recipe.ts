/**
 * A value as plain data that can be generated, made smaller, printed and sent: its nodes lie flat in a list and refer to each other by
 * place, so that what is shared, and what goes round in a circle, is as likely as anything else.
 */
export type ValueRecipe = readonly ValueNode[];

/** A primitive, or the place of a node. Places are taken modulo the number of nodes: they stay right when nodes are left out. */
export type Ref = { readonly leaf: unknown } | { readonly node: number };

type Entries = readonly (readonly [key: string, value: Ref])[];

/** One object of a {@link ValueRecipe}. */
export type ValueNode =
  | { readonly is: 'object'; readonly prototype: 'plain' | 'null' | 'class' | 'inherited'; readonly entries: Entries }
  | { readonly is: 'getters'; readonly entries: Entries }
  | {
      readonly is: 'array';
      readonly items: readonly (Ref | 'hole')[];
      readonly length: number;
      readonly named: Entries;
    }
  | { readonly is: 'map'; readonly entries: readonly (readonly [key: Ref, value: Ref])[] }
  | { readonly is: 'set'; readonly items: readonly Ref[] }
  | { readonly is: 'date'; readonly time: number }
  | { readonly is: 'pattern'; readonly source: string; readonly flags: string; readonly lastIndex: number }
  | { readonly is: 'buffer'; readonly bytes: readonly number[]; readonly room: number | undefined }
  | {
      readonly is: 'view';
      readonly type: string;
      /** Which of the buffers it is of. */
      readonly of: number;
      readonly offset: number;
      /** In elements; undefined: to the end, and where a buffer is resizable, to wherever that will be. */
      readonly length: number | undefined;
    }
  | { readonly is: 'boxed'; readonly value: unknown }
  | {
      readonly is: 'error';
      readonly type: string;
      readonly message: string | undefined;
      readonly cause: Ref | undefined;
      readonly entries: Entries;
    }
  | { readonly is: 'exception'; readonly name: string; readonly message: string };

class Point {
  readonly x = 1;

  get sum(): number {
    return this.x;
  }
}

/** Makes the values of the places in a recipe that are asked for. The same recipe gives the same again, but for the stacks of errors. */
export function build(recipe: ValueRecipe, refs: readonly Ref[]): unknown[] {
  // Buffers first, for the views of them; then every object, for the others to refer to; then what is in them.
  const buffers = recipe.flatMap((node) => (node.is === 'buffer' ? [bufferOf(node)] : []));
  if (buffers.length === 0) buffers.push(bufferOf({ bytes: [...Array(24).keys()], room: undefined }));
  let buffer = 0;
  const objects = recipe.map((node) => {
    if (node.is !== 'buffer') return emptyObject(node, buffers);
    buffer += 1;
    return buffers[buffer - 1];
  });
  const referred = (ref: Ref): unknown => {
    if ('leaf' in ref) return ref.leaf;
    return recipe.length === 0 ? undefined : objects[ref.node % recipe.length];
  };
  recipe.forEach((node, place) => void fill(Object(objects[place]), node, referred));
  return refs.map(referred);
}

function bufferOf({ bytes, room }: { readonly bytes: readonly number[]; readonly room: number | undefined }): object {
  const length = bytes.length;
  // Not in the types of es2022, and in every Node that is supported.
  const buffer: ArrayBuffer = Reflect.construct(
    ArrayBuffer,
    room === undefined ? [length] : [length, { maxByteLength: length + room }],
  );
  new Uint8Array(buffer).set(bytes);
  return buffer;
}

function emptyObject(node: ValueNode, buffers: readonly object[]): object {
  switch (node.is) {
    case 'object':
      return node.prototype === 'class' ? new Point() : Object.create(prototypes[node.prototype]);
    case 'array':
      return Object.assign([], { length: node.length });
    case 'map':
      return new Map();
    case 'set':
      return new Set();
    case 'date':
      return new Date(node.time);
    case 'pattern':
      return Object.assign(new RegExp(node.source, node.flags), { lastIndex: node.lastIndex });
    case 'view':
      return viewOf(node, buffers[node.of % buffers.length] as ArrayBuffer);
    case 'boxed':
      return Object(node.value);
    case 'error':
      return Reflect.construct(Reflect.get(globalThis, node.type), node.message === undefined ? [] : [node.message]);
    case 'exception':
      return new DOMException(node.message, node.name);
    default:
      return {};
  }
}

const prototypes = { plain: Object.prototype, null: null, inherited: { inherited: 1 } };

function viewOf({ type, offset, length }: ValueNode & { readonly is: 'view' }, buffer: ArrayBuffer): object {
  const Type = Reflect.get(globalThis, type);
  const size: number = Type.BYTES_PER_ELEMENT ?? 1;
  const start = Math.floor((offset % (buffer.byteLength + 1)) / size) * size;
  const room = Math.floor((buffer.byteLength - start) / size);
  // Node 20 wants whole elements to be there for a view that follows its buffer's length.
  const isWhole = (buffer.byteLength - start) % size === 0;
  const isTracking = length === undefined && isWhole && Reflect.get(buffer, 'resizable') === true;
  const rest = isTracking ? [] : [Math.min(length ?? room, room)];
  if (type === 'Buffer') return Buffer.from(buffer, start, rest[0] ?? room);
  return Reflect.construct(Type, [buffer, start, ...rest]);
}

function fill(object: object, node: ValueNode, referred: (ref: Ref) => unknown): void {
  switch (node.is) {
    case 'object':
      define(object, node.entries, referred);
      break;
    case 'getters':
      for (const [key, ref] of node.entries)
        Object.defineProperty(object, key, { get: () => referred(ref), enumerable: true, configurable: true });
      break;
    case 'array':
      node.items.forEach((item, index) => {
        if (item !== 'hole') Reflect.set(object, index, referred(item));
      });
      define(object, node.named, referred);
      break;
    case 'map':
      for (const [key, value] of node.entries) if (object instanceof Map) object.set(referred(key), referred(value));
      break;
    case 'set':
      for (const item of node.items) if (object instanceof Set) object.add(referred(item));
      break;
    case 'error':
      define(object, node.entries, referred);
      // As a constructor sets it.
      if (node.cause !== undefined)
        Object.defineProperty(object, 'cause', { value: referred(node.cause), configurable: true, writable: true });
      break;
    default:
  }
}

// Defined, not assigned: `__proto__` is a key like any other.
function define(object: object, entries: Entries, referred: (ref: Ref) => unknown): void {
  for (const [key, ref] of entries)
    Object.defineProperty(object, key, { value: referred(ref), enumerable: true, configurable: true, writable: true });
}
