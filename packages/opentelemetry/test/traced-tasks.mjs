// What the workers of trace-tasks.test.ts run. Plain JavaScript, since workers on Node 20 take no other.

import { traceTasks } from '@anypool/opentelemetry';
import { propagation, context as spanContext, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';

const exporter = new InMemorySpanExporter();

/** The initializer. */
export function startTracing() {
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
  traceTasks();
}

/** The spans that ended in this worker, as data, and none of them twice. */
export function takeSpans() {
  const spans = exporter.getFinishedSpans().map((span) => ({
    name: span.name,
    kind: span.kind,
    ...span.spanContext(),
    parentSpanId: span.parentSpanContext?.spanId,
    isParentRemote: span.parentSpanContext?.isRemote,
    attributes: span.attributes,
    status: span.status,
    events: span.events.map(({ name, attributes }) => ({ name, attributes })),
  }));
  exporter.reset();
  return spans;
}

export function square(number) {
  return number * number;
}

export async function squareInParts(number) {
  await new Promise((resolve) => setImmediate(resolve));
  return trace.getTracer('task').startActiveSpan('part', (span) => {
    span.end();
    return number * number;
  });
}

export function readBaggage(key) {
  return propagation.getBaggage(spanContext.active())?.getEntry(key)?.value;
}

export function throwRangeError(message) {
  throw new RangeError(message);
}

export async function throwRangeErrorLater(message) {
  await new Promise((resolve) => setImmediate(resolve));
  throw new RangeError(message);
}

export function throwOwnClass(message) {
  class ValidationError extends RangeError {}
  throw new ValidationError(message);
}

export async function throwBareObject() {
  throw Object.create(null);
}

export async function failUnreadably() {
  await undefined;
  throw Object.defineProperty(new Error('x'), 'message', {
    get() {
      throw new RangeError('from the getter');
    },
  });
}
