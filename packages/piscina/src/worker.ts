export { receive as default } from '@anypool/core/worker';
