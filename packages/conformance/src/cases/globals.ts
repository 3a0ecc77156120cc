/**
 * Text for scripts: `globals()` says what there is for all of the process, from the methods of intrinsics to the environment.
 * `changesSince(before)` names what is another one now, or says that there is nothing.
 */
export const globalsText = `
  import { EventEmitter } from 'node:events';
  import 'node:worker_threads'; // which takes the place of process.chdir() in Node 20
  // What is there for all, but has no name of its own.
  const generator = async function* () {}.prototype;
  const hidden = {
    TypedArray: Object.getPrototypeOf(Uint8Array),
    IteratorPrototype: Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())),
    GeneratorPrototype: Object.getPrototypeOf(function* () {}).prototype,
    AsyncGeneratorPrototype: Object.getPrototypeOf(generator),
    AsyncIteratorPrototype: Object.getPrototypeOf(Object.getPrototypeOf(generator)),
    AsyncFunction: (async () => {}).constructor,
    process, Buffer, EventEmitter,
  };
  // One that nobody else sets.
  process.umask(0o27);
  const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';
  function globals() {
    const found = new Map();
    const look = (path, value) => {
      // What begins with an underscore is Node's own, such as a count of listeners.
      for (const key of Reflect.ownKeys(value).filter((key) => !/^_[^_]/.test(String(key)))) {
        const name = path + '.' + String(key);
        const own = Object.getOwnPropertyDescriptor(value, key);
        found.set(name, 'value' in own ? own.value : own.get);
        if (key === 'prototype' && isObject(own.value)) look(name, own.value);
      }
    };
    for (const key of Object.getOwnPropertyNames(globalThis)) {
      const [name, own] = ['globalThis.' + key, Object.getOwnPropertyDescriptor(globalThis, key)];
      // Some Node loads when they are first read, and they are values from then on.
      found.set(name, 'value' in own ? own.value : 'read later');
      if (isObject(own.value) && own.value !== globalThis) look(name, own.value);
    }
    for (const [name, value] of Object.entries(hidden)) look(name, value);
    for (const key of Object.keys(process.env)) found.set('process.env.' + key, process.env[key]);
    found.set('process.argv', process.argv.join()).set('process.execArgv', process.execArgv.join());
    found.set('process.cwd()', process.cwd()).set('process.umask()', process.umask());
    found.set('process.title', process.title).set('process.exitCode', process.exitCode);
    found.set('process.getMaxListeners()', process.getMaxListeners());
    return found.set('EventEmitter.defaultMaxListeners', EventEmitter.defaultMaxListeners);
  }
  function changesSince(before) {
    const now = globals();
    const isOther = (name) => !before.has(name) || !now.has(name) || !Object.is(before.get(name), now.get(name));
    const names = [...new Set([...before.keys(), ...now.keys()])];
    const isLate = (name) => before.get(name.split('.', 2).join('.')) === 'read later';
    return names.filter((name) => !isLate(name) && isOther(name)).join() || 'nothing is changed';
  }
`;
