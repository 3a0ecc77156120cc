import { expose } from 'threads/worker';
import { noop, spin } from '../tasks.js';

expose({ noop, spin });
