import { Counter, type Registry } from 'prom-client';

type RowOutcome = 'accepted' | 'duplicate' | 'rejected' | 'dead';
const ROW_OUTCOMES: readonly RowOutcome[] = ['accepted', 'duplicate', 'rejected', 'dead'];

export interface RowMetrics {
  /** `count` rows of a chunk ended so. May count a redelivered chunk twice; the database never does. */
  rows(outcome: RowOutcome, count: number): void;
}

/** The funnel of rows at one stage: `validate`, `issue`. */
export function rowMetrics(registry: Registry, stage: string): RowMetrics {
  const rows = new Counter({
    name: 'billing_rows_total',
    help: 'Rows by what became of them at a stage.',
    labelNames: ['stage', 'outcome'],
    registers: [registry],
  });
  for (const outcome of ROW_OUTCOMES) rows.inc({ stage, outcome }, 0);
  return {
    rows: (outcome, count) => {
      rows.inc({ stage, outcome }, count);
    },
  };
}
