import { receive } from '@anypool/core/worker';
import { worker } from 'workerpool';

worker({ receive });
