interface Source {
  readonly targets: Set<AbortTarget>;
  readonly listener: () => void;
}

/** What an aborted signal cancels. */
export interface AbortTarget {
  cancel(reason: unknown): void;
}

const sources = new WeakMap<AbortSignal, Source>();

/**
 * Cancels `target` when `signal` aborts. However many targets share a signal, it has one listener, which is gone with the last target.
 *
 * `AbortSignal.any()` for each task would leave a dependent signal behind for each.
 */
export function follow(signal: AbortSignal, target: AbortTarget): void {
  let source = sources.get(signal);
  if (source === undefined) {
    source = follower(signal);
    signal.addEventListener('abort', source.listener, { once: true });
    sources.set(signal, source);
  }
  source.targets.add(target);
}

/** Takes back {@link follow}. */
export function unfollow(signal: AbortSignal, target: AbortTarget): void {
  const source = sources.get(signal);
  if (source === undefined || !source.targets.delete(target) || source.targets.size > 0) return;
  sources.delete(signal);
  signal.removeEventListener('abort', source.listener);
}

/** Why a signal was aborted, or what its reason throws when it is read. */
export function reasonOf(signal: AbortSignal): unknown {
  try {
    return signal.reason;
  } catch (error) {
    return error;
  }
}

// Made apart from the first target: a closure made beside it would keep that task's arguments alive as long as the signal.
function follower(signal: AbortSignal): Source {
  const targets = new Set<AbortTarget>();
  const listener = () => {
    sources.delete(signal);
    const reason = reasonOf(signal);
    for (const target of targets) target.cancel(reason);
  };
  return { targets, listener };
}
