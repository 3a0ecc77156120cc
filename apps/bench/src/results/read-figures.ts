import { readFile } from 'node:fs/promises';
import { UsageError } from '../usage-error.js';
import type { Figures } from './figures.js';

/** The figures of an earlier run. Throws a {@link UsageError}, of one line, if the file has none. */
export async function readFigures(file: string): Promise<Figures> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`cannot read figures from ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isFigures(content)) throw new UsageError(`${file} has no figures of this bench; --json writes such a file`);
  return content;
}

function isFigures(content: unknown): content is Figures {
  const { format, date, machine, workers, rounds, quick, cases, results, failures }: Fields<Figures> = Object(content);
  return (
    format === 1 &&
    areTexts(date) &&
    isMachine(machine) &&
    areNumbers(workers, rounds) &&
    typeof quick === 'boolean' &&
    areAll(cases, isCaseInfo) &&
    areAll(results, isResult) &&
    areAll(failures, (one) => {
      const { case: id, contender, message }: Fields<Figures['failures'][number]> = Object(one);
      return areTexts(id, contender, message);
    })
  );
}

/** What an object of unknown origin may have. */
type Fields<T> = { readonly [K in keyof T]?: unknown };

function isMachine(machine: unknown): boolean {
  const { node, cpu, cpus }: Fields<Figures['machine']> = Object(machine);
  return areTexts(node, cpu) && areNumbers(cpus);
}

function isCaseInfo(info: unknown): boolean {
  const { id, title, group, about, unit, better }: Fields<Figures['cases'][number]> = Object(info);
  return areTexts(id, title, group, about, unit) && (better === 'more' || better === 'less');
}

function isResult(result: unknown): boolean {
  const { case: id, contender, backend, kind, way, figures }: Fields<Figures['results'][number]> = Object(result);
  return (
    areTexts(id, contender, backend, kind, way) &&
    areAll(figures, (figure) => figure === null || (typeof figure === 'number' && Number.isFinite(figure)))
  );
}

function areAll(list: unknown, is: (one: unknown) => boolean): boolean {
  return Array.isArray(list) && list.every(is);
}

function areTexts(...values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'string');
}

function areNumbers(...values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'number' && Number.isFinite(value));
}
