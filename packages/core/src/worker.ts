export { takeLastListener } from './link/listeners.js';
export { loadLibrary } from './link/load-library.js';
export { isOwnMessage } from './link/messages.js';
export { serveAlone } from './worker/alone.js';
export { receive, serve } from './worker/entry.js';
export type { ServeChannel } from './worker/serve.js';
