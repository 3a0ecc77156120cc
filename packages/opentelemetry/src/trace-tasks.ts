import { inspect, types } from 'node:util';
import { type ContextCarrier, registerContextCarrier } from '@anypool/core';
import { context, propagation, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { taskAttributes } from './attributes.js';

/** What the propagators write: `traceparent`, `baggage` and their like. */
type Headers = Record<string, string>;

const carrier: ContextCarrier<Headers> = {
  name: '@anypool/opentelemetry',
  inject() {
    const headers: Headers = {};
    propagation.inject(context.active(), headers);
    return Object.keys(headers).length === 0 ? undefined : headers;
  },
  extract(headers, run, task) {
    const parent = propagation.extract(ROOT_CONTEXT, headers);
    const options = { kind: SpanKind.INTERNAL, attributes: taskAttributes(task) };
    return trace.getTracer('@anypool/opentelemetry').startActiveSpan(task.name, options, parent, (span) => {
      try {
        const result = run();
        // Not any thenable: some begin their work when they are asked for their result, and would do it twice.
        if (types.isPromise(result)) endWith(result, span);
        else span.end();
        return result;
      } catch (error) {
        fail(span, error);
        throw error;
      }
    });
  },
};

/**
 * Makes traces go on in the workers: the active OpenTelemetry context, baggage included, travels with each task that is submitted in this
 * thread, and each task that came with one runs in it here, in a span of its own, a child of the span in which it was submitted.
 *
 * To be called in the caller's process and, by an initializer, in the workers; twice is as good as once. It uses what is registered with
 * `@opentelemetry/api`, now or later; where nothing is, and for tasks submitted outside of any trace, it does nothing. Disposing the result
 * takes it back.
 *
 * @example
 * ```ts
 * import { traceTasks } from '@anypool/opentelemetry';
 *
 * traceTasks();
 * ```
 */
export function traceTasks(): Disposable {
  return registerContextCarrier(carrier);
}

function endWith(result: Promise<unknown>, span: Span): void {
  result.then(
    () => span.end(),
    (error: unknown) => fail(span, error),
  );
}

function fail(span: Span, error: unknown): void {
  try {
    const exception = exceptionOf(error);
    span.recordException(exception);
    span.setAttribute('error.type', exception.name);
    span.setStatus({ code: SpanStatusCode.ERROR, message: exception.message });
  } catch {
    // An error whose own code throws when it is read is the task's affair.
    span.setStatus({ code: SpanStatusCode.ERROR });
  } finally {
    span.end();
  }
}

function exceptionOf(error: unknown): { name: string; message: string; stack?: string } {
  if (!types.isNativeError(error) && !(error instanceof Error))
    return { name: typeof error, message: inspect(error, { depth: 0 }) };
  const { message, stack } = error;
  const name = classOf(error);
  return stack === undefined ? { name, message } : { name, message, stack };
}

/** As core names classes (E3): few classes of errors set the `name` of what they make. */
function classOf(error: Error): string {
  const type: unknown = Object.getPrototypeOf(error)?.constructor;
  return typeof type === 'function' && typeof type.name === 'string' && type.name !== '' ? type.name : error.name;
}
