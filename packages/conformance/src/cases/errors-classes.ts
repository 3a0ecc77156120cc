import assert from 'node:assert/strict';
import type { CaseContext, ConformanceCase } from '../case.js';
import type { Throwable } from '../fixtures/errors.js';
import { arrival } from './errors-fidelity.js';
import { errorOf } from './outcomes.js';

const builtIns = {
  error: Error,
  typeError: TypeError,
  rangeError: RangeError,
  syntaxError: SyntaxError,
  referenceError: ReferenceError,
  evalError: EvalError,
  uriError: URIError,
  aggregateError: AggregateError,
} as const;

let constructed = 0;

/** Of the same name as the class in the worker, and otherwise its own. */
class ValidationError extends Error {
  override readonly name = 'ValidationError';
  declare readonly field: string;

  constructor() {
    super('made by the caller');
    constructed += 1;
  }

  describe(): string {
    return `${this.field}: ${this.message}`;
  }
}

class QuietError extends Error {}

class StoppedError extends DOMException {
  declare readonly by: string;

  describe(): string {
    return `${this.name} by ${this.by}`;
  }
}

class HttpError extends Error {
  declare readonly status: number;
}

/** Throws where its name is asked of one that its constructor has not made. */
class StatusError extends Error {
  readonly #status = 0;

  override get name(): string {
    return `Status${this.#status}`;
  }
}

async function revived({ create, tasks: { errors } }: CaseContext, name: Throwable): Promise<Error> {
  const executor = create({ errors: [ValidationError, QuietError, HttpError, StoppedError] });
  const error = await errorOf(executor.submit(errors.raise, name));
  await executor.shutdown();
  return error;
}

/** E2, E3: classes of errors. */
export const classCases: readonly ConformanceCase[] = [
  {
    id: 'E2-built-in-classes',
    rule: 'E2',
    title: 'the error classes of the language satisfy instanceof at the caller',
    async run(context) {
      for (const [name, type] of Object.entries(builtIns)) {
        const error = await arrival(context, name as keyof typeof builtIns);
        assert.ok(error instanceof type, `${name}: ${error.stack}`);
        assert.deepEqual([error.name, error.message, error.constructor], [type.name, 'boom', type]);
      }
    },
  },
  {
    id: 'E2-suppressed-error',
    rule: 'E2',
    title: 'a SuppressedError arrives with both of its errors, and as one where the language has the class',
    async run(context) {
      const { name, message, error, suppressed, ...others } = await arrival(context, 'suppressedError');
      assert.deepEqual([name, message, Object.keys(others)], ['SuppressedError', 'boom', []]);
      assert.ok(error instanceof RangeError && error.message === 'later', String(error));
      assert.ok(suppressed instanceof TypeError && suppressed.message === 'first', String(suppressed));
      const type: unknown = Reflect.get(globalThis, 'SuppressedError');
      if (typeof type === 'function') assert.ok((await arrival(context, 'suppressedError')) instanceof type);
    },
  },
  {
    id: 'E2-dom-exceptions',
    rule: 'E2',
    title: 'DOMException satisfies instanceof, with its name and code: AbortError and TimeoutError',
    async run(context) {
      for (const [name, expected, code] of [
        ['abortError', 'AbortError', 20],
        ['timeoutError', 'TimeoutError', 23],
      ] as const) {
        const error = await arrival(context, name);
        assert.ok(error instanceof DOMException, error.stack);
        assert.deepEqual([error.name, error.message, error.code], [expected, 'boom', code]);
      }
      const reason = await arrival(context, 'abortReason');
      assert.ok(reason instanceof DOMException && reason.name === 'AbortError');
    },
  },
  {
    id: 'E2-inside-other-errors',
    rule: 'E2',
    title: 'classes are kept in causes, in properties and among the errors of an AggregateError',
    async run(context) {
      assert.ok((await arrival(context, 'cycle')).cause instanceof TypeError);
      assert.ok((await arrival(context, 'rich'))['inner'] instanceof TypeError);
      const aggregate = await arrival(context, 'aggregateError');
      assert.ok(aggregate instanceof AggregateError && aggregate.errors[0] instanceof TypeError);
    },
  },
  {
    id: 'E3-unregistered-class',
    rule: 'E3',
    title: 'a class that was not registered arrives as an Error with its name and properties',
    async run(context) {
      const validation = await arrival(context, 'validation');
      assert.equal(Object.getPrototypeOf(validation), Error.prototype);
      assert.deepEqual([validation.name, validation.message, validation['field']], ['ValidationError', 'boom', 'age']);
      const quiet = await arrival(context, 'quiet');
      assert.deepEqual([quiet instanceof Error, quiet instanceof QuietError, quiet.message], [true, false, 'boom']);
      const http = await arrival(context, 'http');
      assert.deepEqual([http.name, http['status']], ['NotFound', 404]);
    },
  },
  {
    id: 'E3-registered-class',
    rule: 'E3',
    title: 'a registered class satisfies instanceof, has its methods, and its constructor is not called',
    async run(context) {
      const before = constructed;
      const error = await revived(context, 'validation');
      assert.ok(error instanceof ValidationError, error.stack);
      assert.deepEqual(
        [error.name, error.message, error.field, error.describe()],
        ['ValidationError', 'boom', 'age', 'age: boom'],
      );
      assert.equal(constructed, before);
      assert.match(error.stack ?? '', /boom/);
    },
  },
  {
    id: 'E3-matched-by-constructor-name',
    rule: 'E3',
    title: "a class is found by the constructor's name, not by what the error calls itself",
    async run(context) {
      const quiet = await revived(context, 'quiet');
      assert.ok(quiet instanceof QuietError, quiet.stack);
      const http = await revived(context, 'http');
      assert.ok(http instanceof HttpError, http.stack);
      assert.deepEqual([http.name, http.status], ['NotFound', 404]);
      const impostor = await revived(context, 'impostor');
      assert.deepEqual([impostor instanceof ValidationError, impostor.name], [false, 'ValidationError']);
    },
  },
  {
    id: 'E3-name-that-needs-the-constructor',
    rule: 'E3',
    title: 'a class whose name is a getter that needs what its constructor makes is revived, and its worker goes on',
    async run({ create, kind, tasks: { basics, errors } }) {
      const executor = create({ maxWorkers: 1, errors: [StatusError] });
      const before = await executor.submit(basics.count);
      const thrown = await errorOf(executor.submit(errors.raise, 'status'));
      const { cause } = await errorOf(executor.submit(errors.raise, 'statusCause'));
      const mapped = await errorOf(executor.map(errors.raise, ['status', 'error'] as const, { chunkSize: 2 }).next());
      for (const error of [thrown, cause, mapped]) {
        assert.ok(error instanceof StatusError, String(error));
        assert.deepEqual([error.name, error.message], ['Status404', 'boom']);
      }
      // Which of its workers runs a task is the affair of a remote host.
      if (kind !== 'remote') assert.equal(await executor.submit(basics.count), before + 1);
    },
  },
  {
    id: 'E3-uncaught-name-that-needs-the-constructor',
    rule: 'E3',
    title: 'the same class is revived where nobody caught it, in a task as in the initializer',
    requires: ['isolation'],
    async run({ create, tasks: { basics, errors } }) {
      const crashed = errorOf(create({ errors: [StatusError] }).submit(errors.raiseUncaught, 'status'));
      const initializer = { task: errors.raise, args: ['status'] };
      const unstarted = errorOf(create({ errors: [StatusError], initializer }).submit(basics.nothing));
      for (const { cause } of await Promise.all([crashed, unstarted])) {
        assert.ok(cause instanceof StatusError, String(cause));
        assert.deepEqual([cause.name, cause.message], ['Status404', 'boom']);
      }
    },
  },
  {
    id: 'E3-of-dom-exceptions',
    rule: 'E3',
    title: 'a registered class of DOMExceptions is revived as what it is',
    async run(context) {
      const error = await revived(context, 'stopped');
      assert.ok(error instanceof StoppedError, error.stack);
      assert.deepEqual([error.describe(), error.message, error.code], ['AbortError by the user', 'boom', 20]);
    },
  },
  {
    id: 'E3-of-the-initializer',
    rule: 'E3',
    title: 'a registered class that the initializer throws is revived as the cause of the WorkerStartError',
    requires: ['isolation'],
    async run({ create, tasks: { basics, errors } }) {
      const executor = create({ errors: [ValidationError], initializer: { task: errors.raise, args: ['validation'] } });
      const { code, cause } = Object(await errorOf(executor.submit(basics.nothing)));
      assert.equal(code, 'ERR_WORKER_START');
      assert.ok(cause instanceof ValidationError && cause.field === 'age', String(cause));
    },
  },
  {
    id: 'E3-inside-other-errors',
    rule: 'E3',
    title: 'registered classes are revived in causes and among the errors of an AggregateError',
    async run(context) {
      const outer = await revived(context, 'validationCause');
      assert.ok(outer.cause instanceof ValidationError);
      assert.equal(outer.cause.field, 'age');
      const aggregate = await revived(context, 'aggregateError');
      assert.ok(aggregate instanceof AggregateError);
      assert.ok(aggregate.errors[0] instanceof TypeError && aggregate.errors[2] instanceof ValidationError);
    },
  },
  {
    id: 'E3-through-views',
    rule: 'E3',
    title: 'registered classes are revived through views and map',
    async run({ create, tasks: { errors } }) {
      const executor = create({ errors: [ValidationError] });
      const submitted = await errorOf(executor.with({ priority: 1 }).submit(errors.raise, 'validation'));
      assert.ok(submitted instanceof ValidationError);
      const mapped = await errorOf(executor.map(errors.raise, ['validation' as const]).next());
      assert.ok(mapped instanceof ValidationError);
    },
  },
];
