import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where the files of a test are. */
export const folder = mkdtempSync(join(tmpdir(), 'anypool-adapters-'));

export function removeFolder(): void {
  rmSync(folder, { recursive: true, force: true });
}

/** A file with an adapter of this text, which has `inlineExecutor` and `posing(executor, claims)` at hand; gives its path. */
export function adapterFile(text: string, name = `adapter-${randomUUID()}.js`): string {
  const file = join(folder, name);
  const prelude = `
    import { inlineExecutor } from ${JSON.stringify(import.meta.resolve('@anypool/core'))};
    const posing = (executor, claims) => new Proxy(executor, {
      get(target, name) {
        const value = name in claims ? claims[name] : Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  `;
  writeFileSync(file, `${prelude}\n${text}\n`);
  return file;
}

/** An adapter that offers threads alone, which are none; `claims` is the text of an object with what its executors have otherwise. */
export function posingAdapter(claims = '{}'): string {
  return adapterFile(`
    export function createExecutor({ kind, ...options }) {
      if (kind !== 'thread') throw Object.assign(new Error('only threads'), { code: 'ERR_UNSUPPORTED_OPTION' });
      return posing(inlineExecutor(options), { kind: 'thread', ...${claims} });
    }
  `);
}

/** The text of an object that throws whatever it is asked. */
const hostile = `new Proxy({}, new Proxy({}, { get() { throw new Error('do not look'); } }))`;

/** Adapters that cannot be tested, by what is wrong with them, and what is to be said of it. */
export function unusableAdapters(): readonly (readonly [what: string, file: string, message: RegExp])[] {
  const making = (body: string) => adapterFile(`export function createExecutor({ kind, ...options }) { ${body} }`);
  return [
    ['does not exist', join(folder, 'absent.js'), /There is no file .*absent\.js/],
    ['does not parse', adapterFile('export {'), /cannot be imported: SyntaxError: /],
    [
      'imports what does not exist',
      adapterFile(`import './absent.js';`),
      /cannot be imported: Error: Cannot find module/,
    ],
    [
      'throws on import',
      adapterFile(`throw new Error('broken\\nin two lines');`),
      /cannot be imported: Error: broken$/,
    ],
    ['never ends its import', adapterFile('await new Promise(() => {});'), /hangs when it is imported/],
    ['blocks on import', adapterFile('while (true);'), /blocked its process when it was imported/],
    ['exits on import', adapterFile('process.exit(3);'), /ended with exit code 3 when it was imported/],
    ['exports nothing', adapterFile(''), /does not export a function createExecutor/],
    [
      'exports no function',
      adapterFile('export const createExecutor = 5;'),
      /does not export a function createExecutor/,
    ],
    [
      'throws on creation',
      making(`throw new Error('no pool');`),
      /throws when it makes an executor of kind 'thread': Error: no pool/,
    ],
    ['blocks on creation', making('while (true);'), /blocked its process when it made an executor of kind 'thread'/],
    [
      'throws what is no text on import',
      adapterFile('throw Object.create(null);'),
      /cannot be imported: something that cannot be looked at$/,
    ],
    [
      'throws what cannot be looked at on creation',
      making(`throw ${hostile};`),
      /throws when it makes an executor of kind 'thread': something that cannot be looked at$/,
    ],
    [
      'throws an error that cannot be looked at on creation',
      making(`throw Object.defineProperty(new Error('odd'), 'code', { get() { throw new Error('no code'); } });`),
      /throws when it makes an executor of kind 'thread': Error: odd$/,
    ],
    [
      'makes what cannot be looked at',
      making(`return ${hostile};`),
      /throws when it makes an executor of kind 'thread': Error: do not look$/,
    ],
    [
      'makes what cannot be shown',
      making(`return { [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('not to be shown'); } };`),
      /gave no executor, but something that cannot be looked at/,
    ],
    [
      'makes executors that are shut down with what cannot be looked at',
      making(`return posing(inlineExecutor(), { kind, shutdown: () => Promise.reject(${hostile}) });`),
      /an executor of kind 'thread' fails when it is shut down: something that cannot be looked at/,
    ],
    ['makes nothing', making(''), /createExecutor\(\{ kind: 'thread' \}\) gave no executor, but undefined/],
    ['makes a promise', making('return Promise.resolve(5);'), /gave no executor, but Promise/],
    ['makes executors of another kind', making('return inlineExecutor(options);'), /made an executor of kind 'inline'/],
    [
      'makes executors that cannot be shut down',
      making(`return posing(inlineExecutor(), { kind, shutdown: () => new Promise(() => {}) });`),
      /an executor of kind 'thread' hangs when it is shut down/,
    ],
  ];
}

export function urlOf(file: string): string {
  return pathToFileURL(file).href;
}
