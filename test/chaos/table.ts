/** A row of the table: one run. */
export interface Row {
  readonly fault: string;
  readonly injected: number;
  readonly violations: readonly string[];
  /** The evidence that the fault was felt. */
  readonly evidence: string;
  /** From the end of the fault until everything was done. */
  readonly recoverySeconds: number;
  /** In all. */
  readonly seconds: number;
  /** E-mails delivered more than once. */
  readonly copies: number;
  readonly hash: string;
  readonly expectedHash: string;
}

/** The object that `--json` promises: exactly these keys. */
interface Summary {
  readonly seed: number;
  readonly faultsInjected: number;
  readonly violations: number;
  readonly stateHashEqual: boolean;
}

const numbers = new Set(['runs', 'injected', 'violations', 'recovery s', 'run s', 'e-mail copies']);

export function tableOf(results: readonly Row[]): string {
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
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          numbers.has(head[column] ?? '') ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function summary(seed: number, results: readonly Row[]): Summary {
  return {
    seed,
    faultsInjected: results.reduce((sum, { injected }) => sum + injected, 0),
    violations: results.reduce((sum, { violations }) => sum + violations.length, 0),
    stateHashEqual: results.every(({ hash, expectedHash }) => hash === expectedHash),
  };
}
