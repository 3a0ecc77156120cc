/**
 * Prints one line for each check, and what a failing one says, and counts.
 *
 * @typedef {ReturnType<typeof createReport>} Report
 */
export function createReport() {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  return {
    /**
     * Runs a check, which throws if something is wrong and may give a note. Tells whether it passed.
     *
     * @param {string} title
     * @param {() => Promise<string | void> | string | void} body
     * @returns {Promise<boolean>}
     */
    async check(title, body) {
      const start = performance.now();
      try {
        const note = await body();
        counts.passed += 1;
        console.log(
          `ok       ${title.padEnd(68)} ${String(Math.round(performance.now() - start)).padStart(6)} ms  ${note ?? ''}`.trimEnd(),
        );
        return true;
      } catch (error) {
        counts.failed += 1;
        console.log(`FAILED   ${title}: ${error instanceof Error ? error.message : error}`);
        return false;
      }
    },
    /**
     * @param {string} title
     * @param {string} why
     */
    skip(title, why) {
      counts.skipped += 1;
      console.log(`SKIPPED  ${title}: ${why}`);
    },
    counts,
  };
}
