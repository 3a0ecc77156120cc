/** Runs the body and gives the process warnings that were emitted meanwhile. */
export async function warningsDuring(body: () => Promise<void>): Promise<Error[]> {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => void warnings.push(warning);
  process.on('warning', onWarning);
  try {
    await body();
    await new Promise((resolve) => setImmediate(resolve)); // they are emitted in a later turn
  } finally {
    process.off('warning', onWarning);
  }
  return warnings;
}
