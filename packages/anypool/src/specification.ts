import { UnsupportedOptionError, type WorkerKind } from '@anypool/core';
import { checkKind, optionChecks } from '@anypool/core/backend';
import { backends, type Kind, type KnownBackend } from './backends.js';

/** What a specification such as `workerpool:process` means. */
export type Chosen = { readonly backend: KnownBackend; readonly kind: Kind } | { readonly backend: 'inline' };

const kinds: readonly string[] = ['thread', 'process', 'inline', 'remote'] satisfies WorkerKind[];

/**
 * Finds what a specification means; `source` is how a message calls it, such as `ANYPOOL_BACKEND`, and `kind` the option beside it.
 *
 * Throws a RangeError that lists what there is for one that names no backend, `UnsupportedOptionError` for a kind that the backend does
 * not have, and TypeError where specification and option contradict each other.
 */
export function chosenBackend(source: string, specification: string, kind: unknown): Chosen {
  const [name, word, ...rest] = specification.split(':');
  const backend = name === 'inline' ? name : backends.find((one) => one.name === name);
  if (backend === undefined || rest.length > 0 || (word !== undefined && !kinds.includes(word))) {
    throw new RangeError(`${source} is '${specification}', which names no backend; there are ${everyBackend()}.`);
  }
  if (backend === 'inline') {
    const asked = word ?? kind;
    if (asked === undefined || asked === 'inline') return { backend };
    throw new UnsupportedOptionError(
      `${source} is '${specification}', which has no workers of kind ${optionChecks.shown(asked)}: tasks run on the caller's own thread.`,
      { option: 'kind' },
    );
  }
  const chosen = checkKind(backend.name, word ?? kind ?? backend.kinds[0], backend.kinds);
  if (kind !== undefined && kind !== chosen) {
    throw new TypeError(
      `${source} is '${specification}', and the option kind is ${optionChecks.shown(kind)}: leave one of them out, or make them agree.`,
    );
  }
  return { backend, kind: chosen };
}

function everyBackend(): string {
  const all = backends.flatMap((backend) => backend.kinds.map((kind) => `${backend.name}:${kind}`));
  return `${all.join(', ')} and inline`;
}
