export { takeLastListener } from './link/listeners.js';
export { loadLibrary } from './link/load-library.js';
export { serveAlone } from './worker/alone.js';
export { isOwnMessage, receive, type ServingWorker, serve } from './worker/entry.js';
export type { ServeChannel } from './worker/serve.js';
