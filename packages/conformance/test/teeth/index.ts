import { cancelSaboteurs } from './cancel.js';
import { defaultExecutorSaboteurs } from './default-executor.js';
import { errorSaboteurs } from './errors.js';
import { manySaboteurs } from './many.js';
import { observationSaboteurs } from './observation.js';
import { queueSaboteurs } from './queue.js';
import type { Saboteur } from './saboteur.js';
import { shutdownSaboteurs } from './shutdown.js';
import { streamSaboteurs } from './streams.js';
import { submitSaboteurs } from './submit.js';
import { valueSaboteurs } from './values.js';
import { workerSaboteurs } from './workers.js';

/** Every saboteur. */
export const saboteurs: readonly Saboteur[] = [
  ...submitSaboteurs,
  ...valueSaboteurs,
  ...errorSaboteurs,
  ...cancelSaboteurs,
  ...workerSaboteurs,
  ...queueSaboteurs,
  ...manySaboteurs,
  ...streamSaboteurs,
  ...defaultExecutorSaboteurs,
  ...shutdownSaboteurs,
  ...observationSaboteurs,
];
