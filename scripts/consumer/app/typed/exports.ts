// Every entry of every package, so that the types of each are checked: scripts/check-packages.js fails if one is missing here.
export type * as bullmq from '@anypool/bullmq';
export type * as conformance from '@anypool/conformance';
export type * as nodeTest from '@anypool/conformance/node-test';
export type * as vitest from '@anypool/conformance/vitest';
export type * as core from '@anypool/core';
export type * as backend from '@anypool/core/backend';
export type * as task from '@anypool/core/task';
export type * as coreWorker from '@anypool/core/worker';
export type * as opentelemetry from '@anypool/opentelemetry';
export type * as adapter from '@anypool/tinypool';
export type * as worker from '@anypool/tinypool/worker';
export type * as anypool from 'anypool';
export type * as anypoolTask from 'anypool/task';
