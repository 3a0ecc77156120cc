let loaded: typeof import('node:v8') | undefined;

/** Node's `v8` module, loaded when it is first needed: a program whose workers are threads may never send anything as bytes. */
export function v8(): typeof import('node:v8') {
  loaded ??= process.getBuiltinModule('node:v8');
  return loaded;
}
