/** What reading the file must give. */
export interface Expected {
  readonly read: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: number;
  /** Of the accepted rows. */
  readonly centavos: string;
  /** Of the accepted rows, whatever their order. */
  readonly fingerprint: string;
}

/** The file in blocks of text. */
export function generateRows(options: {
  readonly profile: 'lenient' | 'strict';
  readonly rows: number;
  /** YYYY-MM-DD */
  readonly today: string;
}): Generator<string, Expected>;
