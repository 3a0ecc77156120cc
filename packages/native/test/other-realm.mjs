// Loads the packages into a context of its own, as test runners do: there, Object, Uint8Array and the like are other ones than Node's.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

// V8's own console of a context prints nowhere.
const context = vm.createContext({ console });
// What a runner passes on is Node's own, or, where there is a DOM, the page's.
for (const name of Object.getOwnPropertyNames(globalThis)) {
  if (!vm.runInContext(`'${name}' in globalThis`, context)) context[name] = globalThis[name];
}
// A page's timers are numbers.
for (const name of ['setTimeout', 'setInterval']) context[name] = (...args) => Number(globalThis[name](...args));
const load = (source, options) => new vm.SourceTextModule(source, { context, ...options });

const modules = new Map();
async function module(specifier, from) {
  const url = import.meta.resolve(specifier.startsWith('.') ? new URL(specifier, from).href : specifier);
  if (!modules.has(url)) modules.set(url, url.startsWith('node:') ? builtIn(url) : ofFile(url));
  return modules.get(url);
}

async function builtIn(url) {
  const namespace = await import(url);
  const names = Object.keys(namespace);
  const made = new vm.SyntheticModule(
    names,
    () => {
      for (const name of names) made.setExport(name, namespace[name]);
    },
    { context },
  );
  return made;
}

function ofFile(url) {
  return load(readFileSync(fileURLToPath(url), 'utf8'), {
    identifier: url,
    initializeImportMeta: (meta) => {
      meta.url = url;
      meta.resolve = import.meta.resolve;
    },
    importModuleDynamically: async (specifier) => evaluated(await module(specifier, url)),
  });
}

async function evaluated(made) {
  if (made.status === 'unlinked') await made.link((specifier, from) => module(specifier, from.identifier));
  await made.evaluate();
  return made;
}

const program = load(process.argv[2], { identifier: import.meta.url });
await evaluated(program);
