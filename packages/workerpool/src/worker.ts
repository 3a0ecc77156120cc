import { receive } from '@anypool/core/backend';
import { worker } from 'workerpool';

worker({ receive });
