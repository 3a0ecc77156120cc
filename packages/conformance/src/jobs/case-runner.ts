import type { AdapterSource, OfferedKind } from '../adapter.js';
import { loadAdapter } from '../adapter.js';
import type { CaseContext, ConformanceCase } from '../case.js';
import { endCase } from './end-case.js';
import type { CaseEnd } from './job-messages.js';

/** What runs cases, one at a time: this process, or one of its own. */
export interface CaseRunner {
  /** The kinds that the adapter offers; see `Adapter.offered`. */
  offered(kinds: readonly CaseContext['kind'][] | undefined): Promise<readonly OfferedKind[]>;
  /** Runs a case to its end. Never rejects. */
  run(testCase: ConformanceCase, offered: OfferedKind): Promise<CaseEnd>;
  /** Breaks off what runs, and leaves nothing behind. */
  end(): Promise<void>;
}

/** Runs cases in this process: where executors are made by a function, which cannot be sent elsewhere. */
export function runnerHere(source: AdapterSource, timeScale: number): CaseRunner {
  const loading = loadAdapter(source, timeScale);
  loading.catch(() => {}); // told by offered()
  const ending = new AbortController();
  let underWay: Promise<unknown> = Promise.resolve();
  return {
    offered: async (kinds) => (await loading).offered(kinds),
    async run(testCase, offered) {
      const end = endCase(testCase, (await loading).target(offered), timeScale, ending.signal);
      underWay = end;
      return end;
    },
    async end() {
      ending.abort(new Error('The run was ended.'));
      await underWay;
    },
  };
}
