const numbers = new Set(['runs', 'injected', 'violations', 'recovery s', 'run s', 'e-mail copies']);

/** @param {import('./run-fault.mjs').Result[]} results */
export function tableOf(results) {
  const rows = results.map((result) => [
    result.fault,
    String(results.filter(({ fault }) => fault === result.fault).length),
    String(result.injected),
    String(result.violations.length),
    result.hash === result.expectedHash ? 'equal' : 'DIFFERENT',
    result.recoverySeconds.toFixed(1),
    result.seconds.toFixed(0),
    String(result.copies),
    result.evidence,
  ]);
  const head = ['fault', 'runs', 'injected', 'violations', 'state', 'recovery s', 'run s', 'e-mail copies', 'felt as'];
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          numbers.has(head[column]) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/**
 * The object that `--json` promises: exactly these keys.
 * @param {number} seed
 * @param {import('./run-fault.mjs').Result[]} results
 */
export function summary(seed, results) {
  return {
    seed,
    faultsInjected: results.reduce((sum, { injected }) => sum + injected, 0),
    violations: results.reduce((sum, { violations }) => sum + violations.length, 0),
    stateHashEqual: results.every(({ hash, expectedHash }) => hash === expectedHash),
  };
}
