export const SAMPLE_ROWS_MIN: number;

/** The header of a file that has the required columns and no other. */
export const CSV_HEADER: string;
/** The header of the sample: all columns. */
export const SAMPLE_HEADER: string;

export interface SampleOptions {
  /** At least SAMPLE_ROWS_MIN. */
  readonly rows: number;
  readonly seed: number;
  /** YYYY-MM-DD: due dates are relative to it. */
  readonly today: string;
}

/** What reading the sample under the profile `strict` gives. */
export interface SampleCounts {
  readonly read: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: number;
  /** Rejected rows by code; a row with two codes counts under both. */
  readonly byCode: Readonly<Record<string, number>>;
}

export function generateSample(options: SampleOptions): Generator<Buffer, SampleCounts>;

export function writeSample(options: SampleOptions & { readonly out: string }): Promise<SampleCounts>;

export function todayInSaoPaulo(now: Date): string;
