import { writeFile } from 'node:fs/promises';
import { loadTarget, type Target } from './backends.js';
import type { CheckResult } from './checks/check.js';
import { runCheck } from './checks/run-check.js';
import { type WorkerWatch, watchWorkers } from './checks/worker-watch.js';
import type { DemoOptions } from './options.js';
import { machine, type Report, versions } from './report.js';
import { checkTable, printCaught, printFailures } from './screen/check-table.js';
import type { Screen } from './screen/screen.js';
import { exceptions } from './sections/exceptions.js';
import { remains } from './sections/remains.js';
import type { Section } from './sections/section.js';
import { sharing } from './sections/sharing.js';
import { showRealWork } from './sections/show-real-work.js';
import { shutdown } from './sections/shutdown.js';

/** Runs all sections on the chosen targets, prints what comes of them, and reports it. */
export async function runDemo(options: DemoOptions, screen: Screen): Promise<Report> {
  const [started, start] = [new Date().toISOString(), performance.now()];
  // The default executor is checked as documented, whatever the user's shell prefers.
  delete process.env['ANYPOOL_BACKEND'];
  using workers = watchWorkers();
  using strays = collectStrayRejections();
  const targets = await Promise.all(options.targets.map(loadTarget));
  const defaultPool: Target = { ...(await loadTarget('native:thread')), name: 'default executor' };

  const realWork = await showRealWork(options, targets, screen);
  const checks: CheckResult[] = [
    ...realWork.checks,
    ...(await showSection(exceptions, targets, workers, screen)),
    ...(await showSection(shutdown, targets, workers, screen)),
    ...(await showSection(sharing, [defaultPool], workers, screen)),
    ...(await showSection(remains(strays.reasons), [{ ...defaultPool, name: 'this process' }], workers, screen)),
  ];

  await Promise.all(targets.map((target) => target.end()));

  const held = checks.filter((check) => check.held).length;
  const summary = { held, failed: checks.length - held };
  const seconds = (performance.now() - start) / 1000;
  const closing = `${summary.held} checks held, ${summary.failed} failed`;
  screen.line();
  screen.line(
    `${summary.failed === 0 ? screen.good(closing) : screen.bad(closing)}  ${screen.faint(`${seconds.toFixed(1)} s`)}`,
  );

  const report = {
    started,
    seconds,
    versions: await versions(),
    machine: machine(),
    targets: options.targets,
    realWork: realWork.report,
    checks,
    summary,
  };
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
  return report;
}

async function showSection(
  section: Section,
  targets: readonly Target[],
  workers: WorkerWatch,
  screen: Screen,
): Promise<CheckResult[]> {
  screen.line();
  screen.line(screen.bold(section.title));
  const names = targets.map((target) => target.name);
  const table = checkTable(screen, section.checks, names);
  const all: CheckResult[] = [];
  for (const check of section.checks) {
    const results: CheckResult[] = [];
    for (const target of targets) results.push(await runCheck(check, target, workers));
    table.add(results);
    all.push(...results);
  }
  printCaught(screen, all);
  printFailures(screen, all);
  return all;
}

/** Rejections that nobody awaited. Without a listener, the first one would end the demo before its table. */
function collectStrayRejections(): Disposable & { readonly reasons: readonly unknown[] } {
  const reasons: unknown[] = [];
  const listener = (reason: unknown): void => void reasons.push(reason);
  process.on('unhandledRejection', listener);
  return { reasons, [Symbol.dispose]: () => void process.off('unhandledRejection', listener) };
}
