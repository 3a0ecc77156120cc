import { types } from 'node:util';

let loaded: typeof import('node:v8') | undefined;

/** Node's `v8` module, loaded when it is first needed: a program whose workers are threads may never send anything as bytes. */
function v8(): typeof import('node:v8') {
  loaded ??= process.getBuiltinModule('node:v8');
  return loaded;
}

/**
 * A value as bytes, for channels that carry no structured clone. Plain `Serializer`, not `v8.serialize()`: that one copies each
 * typed array by itself, so that two views of one buffer would arrive as views of two.
 *
 * `before` is put in front of them: what a channel begins its messages with. Throws where V8 cannot write the value.
 */
export function toBytes(value: unknown, before?: Uint8Array): Uint8Array {
  const serializer = new (v8().Serializer)();
  if (before !== undefined) serializer.writeRawBytes(before);
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

/** The value that {@link toBytes} wrote. */
export function fromBytes(bytes: Uint8Array): unknown {
  const deserializer = new (v8().Deserializer)(bytes);
  deserializer.readHeader();
  return deserializer.readValue();
}

/** Whether it may be what {@link toBytes} wrote, wherever it was made: a test's DOM environment, or a realm of its own, has other classes. */
export function isBytes(value: unknown): value is Uint8Array {
  return types.isUint8Array(value);
}
