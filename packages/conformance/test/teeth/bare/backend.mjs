// The least that workers of either kind need: what is damaged here is nobody else's doing.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { capabilities, startProcessWorker, startThreadWorker } from '@anypool/core/backend';

const both = { terminate: true, stream: true, recycle: true, isolation: true };

/** Bare threads or processes; `entry` is what a worker loads in place of the entry beside this file. */
export function bareBackend(kind, entry = new URL(`./${kind}-worker.mjs`, import.meta.url)) {
  const file = fileURLToPath(entry);
  if (kind === 'process') {
    return {
      name: 'bare',
      kind,
      capabilities: capabilities(both),
      startWorker: (init, events) => startProcessWorker(init, events, childProcess(file, init)),
    };
  }
  return {
    name: 'bare',
    kind,
    capabilities: capabilities({ ...both, transfer: true, sharedMemory: true, resourceLimits: true }),
    startWorker: (init, events) => startThreadWorker(init, events, thread(file, init)),
  };
}

function thread(file, { env, argv = [], execArgv, resourceLimits }) {
  return library(
    () => new Worker(file, { env, argv: [...argv], execArgv, resourceLimits }),
    (raw, message, transferList) => raw.postMessage({ call: message }, transferList),
  );
}

function childProcess(file, { env, argv = [], execArgv }) {
  return library(
    () => fork(file, argv, { env, execArgv, serialization: 'advanced', stdio: ['pipe', 'pipe', 'pipe', 'ipc'] }),
    (raw, message) => void raw.send({ call: message }, () => {}),
  );
}

/** A worker answers one message after the other: a reply is that of the message which waits longest. */
function library(make, post) {
  let raw;
  const waiting = [];
  const run = (message, transferList) =>
    new Promise((resolve) => {
      post(raw, message, transferList);
      waiting.push(resolve);
    });
  return {
    start(message, transferList) {
      raw = make();
      raw.on('message', (answer) => {
        if (typeof answer === 'object' && answer !== null && 'reply' in answer) waiting.shift()?.(answer.reply);
      });
      return { raw, reply: run(message, transferList) };
    },
    run,
    discard() {},
  };
}
