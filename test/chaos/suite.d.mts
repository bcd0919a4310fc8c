import type { Run } from '../../scripts/lib/run/run.mjs';
import type { Fault } from './faults.mjs';
import type { Row } from './table.mjs';

export interface SuiteOptions {
  /** Servers that nobody restarts when the faults do not. */
  readonly services: {
    readonly postgres: { readonly url: string };
    readonly rabbitmq: { readonly url: string; readonly managementUrl: string };
  };
  readonly run: Run;
  readonly seed: number;
  /** In four files. With fewer than 2,000, each named point is hit once for each hundred, not 20 times. */
  readonly rows: number;
  readonly faults: readonly Fault[];
}

/** The run without faults, and then one run for each fault. */
export function runSuite(options: SuiteOptions): Promise<Row[]>;
