// Checked by `tsc -p tsconfig.tests.json`, not run: what must compile does, and each @ts-expect-error line must not.
import {
  type ContextCarrier,
  type Executor,
  measureOffload,
  measureOffloadIn,
  type OffloadReport,
  registerContextCarrier,
  shutdownOnSignal,
  tasksFrom,
} from '@anypool/core';

declare const executor: Executor;
declare const inTenant: <T>(tenant: string, run: () => T) => T;
declare const tenant: () => string | undefined;

interface Work {
  resize(image: Uint8Array, width: number): Uint8Array;
  items(): Generator<number>;
}

const work = tasksFrom<Work>(new URL('file:///work.js'));

export async function whatCompiles(): Promise<void> {
  using _inferred = registerContextCarrier({ name: 'tenant', inject: tenant, extract: inTenant });
  const carrier: ContextCarrier<string> = {
    name: 'tenant',
    inject: ({ module, name }) => (module === name ? undefined : name),
    extract: (value, run, task) => inTenant(`${value} ${task.name}`, run),
  };
  using _typed = registerContextCarrier(carrier);
  const any: ContextCarrier = carrier;
  registerContextCarrier(any)[Symbol.dispose]();

  using _one = shutdownOnSignal(executor);
  using _many = shutdownOnSignal([executor, executor] as const, { signals: ['SIGTERM', 'SIGUSR2'], timeout: 1000 });
  shutdownOnSignal([executor], { signals: undefined, timeout: undefined });

  const report: OffloadReport = await measureOffload(work.resize, new Uint8Array(1), 100);
  const { worthIt }: { worthIt: boolean } = await measureOffloadIn(
    executor.with({ priority: 1 }),
    work.resize,
    new Uint8Array(1),
    100,
  );
  report.summary satisfies string;
  worthIt satisfies boolean;
}

export function whatDoesNot(): void {
  // @ts-expect-error a carrier has a name
  registerContextCarrier({ inject: tenant, extract: inTenant });
  // @ts-expect-error it runs what it is given
  registerContextCarrier({ name: 'tenant', inject: tenant, extract: () => 'another result' });
  // @ts-expect-error what it injects is what it extracts
  registerContextCarrier<number>({ name: 'tenant', inject: tenant, extract: (_value, run) => run() });

  // @ts-expect-error no signal
  shutdownOnSignal(executor, { signals: ['SIGTERMINATE'] });
  // @ts-expect-error no option
  shutdownOnSignal(executor, { grace: 1000 });
  // @ts-expect-error no executor, but a view of one
  shutdownOnSignal(executor.with({}));

  // @ts-expect-error the arguments are the task's
  measureOffload(work.resize, new Uint8Array(1));
  // @ts-expect-error so they are here
  measureOffloadIn(executor, work.resize, new Uint8Array(1), '100');
  // @ts-expect-error a stream has no result
  measureOffload(work.items);
}
