import { type Executor, type ExecutorOptions, inlineExecutor, tasksFrom } from '@anypool/core';
import { traceTasks } from '@anypool/opentelemetry';
import { createExecutor as createTinypool } from '@anypool/tinypool';
import { createExecutor as createWorkerpool } from '@anypool/workerpool';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

interface WorkerSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly isParentRemote: boolean | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: { readonly code: SpanStatusCode; readonly message?: string };
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[];
}

const url = new URL('./traced-tasks.mjs', import.meta.url);
const tasks = tasksFrom<{
  startTracing(): void;
  takeSpans(): WorkerSpan[];
  square(number: number): number;
  squareInParts(number: number): Promise<number>;
  readBaggage(key: string): string | undefined;
  throwRangeError(message: string): never;
  throwRangeErrorLater(message: string): Promise<never>;
  throwOwnClass(message: string): never;
  throwBareObject(): Promise<never>;
  failUnreadably(): Promise<never>;
}>(url);

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const tracer = provider.getTracer('test');
let tracing: Disposable;

beforeAll(() => {
  provider.register();
  tracing = traceTasks();
});

afterAll(async () => {
  tracing[Symbol.dispose]();
  await provider.shutdown();
  trace.disable();
  context.disable();
  propagation.disable();
});

/** Runs the body in a span of its own, and gives what it returned and the span. */
function inSpan<T>(name: string, body: () => Promise<T>): Promise<{ result: T; traceId: string; spanId: string }> {
  return tracer.startActiveSpan(name, async (span) => {
    try {
      return { result: await body(), ...span.spanContext() };
    } finally {
      span.end();
    }
  });
}

const options: ExecutorOptions<'thread'> = { maxWorkers: 1, name: 'traced', initializer: { task: tasks.startTracing } };
const targets: readonly [string, () => Executor][] = [
  ['tinypool:thread', () => createTinypool(options)],
  ['tinypool:process', () => createTinypool({ ...options, kind: 'process' })],
  ['workerpool:thread', () => createWorkerpool(options)],
  ['workerpool:process', () => createWorkerpool({ ...options, kind: 'process' })],
];

for (const [title, create] of targets) {
  describe(title, () => {
    test('a task runs in a span of its own, a child of the one in which it was submitted', async () => {
      await using executor = create();
      const { result, traceId, spanId } = await inSpan('request', () => executor.submit(tasks.square, 3));
      expect(result).toBe(9);
      const [span, ...others] = await executor.submit(tasks.takeSpans);
      expect(others).toEqual([]);
      expect(span).toMatchObject({ name: 'square', kind: SpanKind.INTERNAL, traceId, parentSpanId: spanId });
      expect(span?.isParentRemote).toBe(true);
      expect(span?.status.code).toBe(SpanStatusCode.UNSET);
      expect(span?.attributes).toEqual({
        'code.function.name': 'square',
        'code.file.path': url.pathname,
        'anypool.task.module': url.href,
        'anypool.task.id': 1,
        'anypool.executor.name': 'traced',
        'anypool.worker.id': 1,
        'anypool.worker.kind': title.split(':')[1],
      });
    });

    test('the spans that a task makes are children of its own', async () => {
      await using executor = create();
      const { traceId, spanId } = await inSpan('request', () => executor.submit(tasks.squareInParts, 3));
      const spans = await executor.submit(tasks.takeSpans);
      // In the order in which they ended: a task's span lasts until its promise settles.
      expect(spans.map(({ name }) => name)).toEqual(['part', 'squareInParts']);
      const [part, whole] = spans;
      expect(whole).toMatchObject({ traceId, parentSpanId: spanId });
      expect(part).toMatchObject({ traceId, parentSpanId: whole?.spanId });
    });

    test('requests side by side do not mix, and a task outside of any trace has no span', async () => {
      await using executor = create();
      const requests = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          inSpan(`request ${i}`, async () => {
            const baggage = propagation.createBaggage({ request: { value: String(i) } });
            return context.with(propagation.setBaggage(context.active(), baggage), () =>
              executor.submit(tasks.readBaggage, 'request'),
            );
          }),
        ),
      );
      await executor.submit(tasks.square, 3);
      const spans = await executor.submit(tasks.takeSpans);
      expect(requests.map(({ result }) => result)).toEqual(requests.map((_, i) => String(i)));
      expect(new Set(requests.map(({ traceId }) => traceId)).size).toBe(20);
      expect(spans.map(({ traceId, parentSpanId }) => [traceId, parentSpanId])).toEqual(
        requests.map(({ traceId, spanId }) => [traceId, spanId]),
      );
    });

    test('a failing task records its error in its span, and the caller catches it as ever', async () => {
      await using executor = create();
      const { result } = await inSpan('request', () =>
        Promise.allSettled([
          executor.submit(tasks.throwRangeError, 'at once'),
          executor.submit(tasks.throwRangeErrorLater, 'later'),
          executor.submit(tasks.throwBareObject),
        ]),
      );
      expect(result.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      expect(result[0]).toMatchObject({ reason: new RangeError('at once') });
      const spans = await executor.submit(tasks.takeSpans);
      expect(spans.map(({ name, status: { code, message } }) => [name, code, message])).toEqual([
        ['throwRangeError', SpanStatusCode.ERROR, 'at once'],
        ['throwRangeErrorLater', SpanStatusCode.ERROR, 'later'],
        ['throwBareObject', SpanStatusCode.ERROR, '[Object: null prototype] {}'],
      ]);
      expect(spans[0]?.events).toMatchObject([
        {
          name: 'exception',
          attributes: {
            'exception.type': 'RangeError',
            'exception.message': 'at once',
            'exception.stacktrace': expect.stringContaining('traced-tasks.mjs'),
          },
        },
      ]);
      expect(spans[0]?.attributes['error.type']).toBe('RangeError');
    });
  });
}

test('the type of an error is the name of its class, which few classes set as the name of their errors', async () => {
  exporter.reset();
  await using executor = inlineExecutor();
  await inSpan('request', () => Promise.allSettled([executor.submit(tasks.throwOwnClass, 'no')]));
  const span = exporter.getFinishedSpans().find(({ name }) => name === 'throwOwnClass');
  expect(span?.attributes['error.type']).toBe('ValidationError');
  expect(span?.events[0]?.attributes?.['exception.type']).toBe('ValidationError');
});

test('an error that cannot be read fails its own task and no more, and its span ends', async () => {
  for (const create of [createTinypool, inlineExecutor]) {
    exporter.reset();
    const isInline = create === inlineExecutor;
    await using executor = isInline ? inlineExecutor() : createTinypool(options);
    await inSpan('request', async () => {
      expect(await executor.submit(tasks.failUnreadably).catch(() => 'caught')).toBe('caught');
    });
    // A rejection that nobody handles would end the process, or the worker, by now.
    await new Promise((resolve) => setImmediate(resolve));
    const names = isInline
      ? exporter.getFinishedSpans().map(({ name }) => name)
      : (await executor.submit(tasks.takeSpans)).map(({ name }) => name);
    expect(names).toContain('failUnreadably');
    expect(executor.stats().crashed).toBe(0);
  }
});

test('the inline executor makes spans on the spot', async () => {
  exporter.reset();
  await using executor = inlineExecutor();
  const { traceId, spanId } = await inSpan('request', () => executor.submit(tasks.square, 3));
  const span = exporter.getFinishedSpans().find(({ name }) => name === 'square');
  expect(span?.spanContext().traceId).toBe(traceId);
  expect(span?.parentSpanContext?.spanId).toBe(spanId);
});

test('traceTasks() twice is as good as once, and lasts until both are disposed', async () => {
  exporter.reset();
  traceTasks()[Symbol.dispose]();
  await using executor = inlineExecutor();
  await inSpan('request', () => executor.submit(tasks.square, 3));
  expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['square', 'request']);
});

test('workers that do not trace, and callers that have no SDK, lose nothing', async () => {
  await using executor = createTinypool({ maxWorkers: 1 });
  const { result } = await inSpan('request', () => executor.submit(tasks.square, 3));
  expect(result).toBe(9);
  propagation.disable();
  try {
    await using traced = createTinypool(options);
    expect((await inSpan('request', () => traced.submit(tasks.square, 4))).result).toBe(16);
    expect(await traced.submit(tasks.takeSpans)).toEqual([]);
  } finally {
    provider.register();
  }
});
