/** The faults of an entry. */
export type ProblemCode =
  | 'LINE_SHORT'
  | 'LINE_LONG'
  | 'LINE_TRUNCATED'
  | 'RECORD_UNKNOWN'
  | 'T_WITHOUT_U'
  | 'U_WITHOUT_T'
  | 'OCCURRENCE_DIFFERS'
  | 'OCCURRENCE_INVALID'
  | 'OUR_NUMBER_INVALID'
  | 'MOTIVES_INVALID'
  | 'AMOUNT_INVALID'
  | 'AMOUNT_ABSURD'
  | 'DATE_INVALID'
  | 'DATE_MISSING'
  | 'DATE_UNLIKELY'
  | 'FIELD_UNEXPECTED'
  | 'NUMBER_INVALID'
  | 'BANK_DIFFERS'
  | 'SEQUENCE_BROKEN';

/** A fault where it stands, so that a person finds it in the file. */
export interface Problem {
  readonly code: ProblemCode;
  readonly line: number;
  /** Columns from 1, both included. */
  readonly from: number;
  readonly to: number;
  /** The text of these columns as read. */
  readonly value: string;
}

/** Faults that leave money and title beyond doubt: the entry stays readable, and shows them. */
const REMARKS: ReadonlySet<ProblemCode> = new Set([
  'DATE_MISSING',
  'DATE_UNLIKELY',
  'FIELD_UNEXPECTED',
  'SEQUENCE_BROKEN',
]);

export function rejects({ code }: Problem): boolean {
  return !REMARKS.has(code);
}
