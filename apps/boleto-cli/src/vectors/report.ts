/** The result of one case of a file. */
export type CaseResult =
  | { readonly kind: 'passed' }
  /** Passed, because the case had to be refused. `reason` is the reason of the refusal. */
  | { readonly kind: 'refused'; readonly name: string; readonly reason: string }
  | { readonly kind: 'failed'; readonly name: string; readonly reason: string }
  /** Not judged. `status` is the file's own word for the reason. */
  | { readonly kind: 'skipped'; readonly status: string };

export interface Report {
  /**
   * One line for each case that was refused or failed, one about the skipped cases, and `N passed, N failed` at the
   * end.
   */
  readonly lines: readonly string[];
  readonly passed: number;
  readonly failed: number;
}

export const PASSED: CaseResult = { kind: 'passed' };

export function failed(name: string, reason: string): CaseResult {
  return { kind: 'failed', name, reason };
}

export function reportOf(results: readonly CaseResult[]): Report {
  const count = (...kinds: readonly CaseResult['kind'][]): number =>
    results.filter(({ kind }) => kinds.includes(kind)).length;
  const [passedCount, failedCount] = [count('passed', 'refused'), count('failed')];
  const lines = results.flatMap((result) => {
    if (result.kind === 'refused') return [`${result.name}: refused: ${result.reason}`];
    return result.kind === 'failed' ? [`${result.name}: FAILED: ${result.reason}`] : [];
  });
  return {
    lines: [...lines, ...skippedLines(results), `${passedCount.toString()} passed, ${failedCount.toString()} failed`],
    passed: passedCount,
    failed: failedCount,
  };
}

function skippedLines(results: readonly CaseResult[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const result of results) {
    if (result.kind === 'skipped') counts.set(result.status, (counts.get(result.status) ?? 0) + 1);
  }
  if (counts.size === 0) return [];
  const total = [...counts.values()].reduce((sum, each) => sum + each, 0);
  const parts = Array.from(counts, ([status, each]) => `${each.toString()} ${status}`);
  return [`${total.toString()} skipped: ${parts.join(', ')}`];
}
