export type { CaseContext, ConformanceCase, ScriptOptions } from './case.js';
export { conformanceCases } from './cases/index.js';
export type { Target } from './context.js';
export type { FixtureTasks } from './fixtures/index.js';
export type { Gate, GateHandle } from './gate.js';
export { type CaseResult, HangError, runCase } from './run-case.js';
export type { ScriptResult } from './script.js';
export { type ConformanceOptions, createConformanceSuite, type SuiteCase } from './suite.js';
export type { Trace, TraceHandle } from './trace.js';
