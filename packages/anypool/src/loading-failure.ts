import { types } from 'node:util';
import { WorkerStartError } from '@anypool/core';
import type { KnownBackend } from './backends.js';

/** What the failing import of an adapter means to whoever chose it: that it is not installed, or that it is there and does not load. */
export function loadingFailure(
  backend: Pick<KnownBackend, 'name' | 'package' | 'library'>,
  cause: unknown,
): WorkerStartError {
  const missing = missingPackage(cause);
  if (missing !== undefined && (missing === backend.package || missing === backend.library)) {
    return new WorkerStartError(
      `The backend '${backend.name}' is not installed: there is no package ${missing}. Run: npm install ${[backend.package, backend.library ?? []].flat().join(' ')}`,
      { cause },
    );
  }
  const message = types.isNativeError(cause) ? `${cause.name}: ${cause.message}` : String(cause);
  return new WorkerStartError(
    `The backend '${backend.name}' is installed, but ${backend.package} could not be loaded: ${message}`,
    { cause },
  );
}

// Node 20 to 24 name the package that is missing in the message only: "Cannot find package 'a'" for import, and for require()
// "Cannot find module 'a'". A file that is missing inside of a package has a path there.
function missingPackage(error: unknown): string | undefined {
  if (!types.isNativeError(error) || !('code' in error)) return undefined;
  if (error.code !== 'ERR_MODULE_NOT_FOUND' && error.code !== 'MODULE_NOT_FOUND') return undefined;
  return /^Cannot find (?:package|module) '([^']+)'/.exec(error.message)?.[1];
}
