export interface Row {
  readonly fault: string;
  readonly injected: number;
  readonly violations: readonly string[];
  readonly evidence: string;
  readonly recoverySeconds: number;
  readonly seconds: number;
  readonly copies: number;
  readonly hash: string;
  readonly expectedHash: string;
}

export function tableOf(results: readonly Row[]): string;
export function summary(
  seed: number,
  results: readonly Row[],
): { seed: number; faultsInjected: number; violations: number; stateHashEqual: boolean };
