export { receive as default, serveAlone } from '@anypool/core/worker';
