import type { SampleCounts } from '../../scripts/sample.mjs';

export interface WorkFile {
  readonly path: string;
  readonly expected: SampleCounts;
  /** Of rows that nothing else in the files is like. */
  readonly plainDebtIds: readonly string[];
}

export function writeFiles(options: {
  readonly folder: string;
  readonly seed: number;
  readonly rows: number;
}): Promise<WorkFile[]>;
