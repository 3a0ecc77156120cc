// No default export: piscina 5.3 requires this file, and Node 24 makes a module in between for one that has it. A thread that is ended in that
// moment has Node abort the caller's process (S4).
export { receive, serveAlone } from '@anypool/core/worker';
