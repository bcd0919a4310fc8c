import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseIsoDate } from '#calendar';
import {
  decodeRecord,
  detectDialect,
  parseCells,
  scanRecords,
  validateRow,
  type Profile,
  type RowResult,
} from '#debts-csv';
import { centavos } from '#money';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'shared', 'cases');

/** The cases are stored beside the project, so another clone may lack them. */
export const hasCases = existsSync(FOLDER);

export interface CaseRow {
  readonly line: number;
  readonly result: RowResult;
}

/** The outcome of each row of a case's file, on the day for which expected.json was written. */
export function readCase(file: string, profile: Profile = 'strict'): readonly CaseRow[] {
  const bytes = readFileSync(join(FOLDER, file));
  const detection = detectDialect(bytes);
  if (!detection.ok) throw new Error(detection.problem.message);
  const today = parseIsoDate('2026-11-28');
  if (today === undefined) throw new Error('not a date');
  const { dialect, header } = detection;
  return scanRecords(bytes, dialect, 1)
    .slice(1)
    .map(({ line, start, end }) => {
      const text = decodeRecord(bytes, dialect.encoding, start, end) ?? '';
      const context = { mapping: header.mapping, dialect, profile, today, amountMax: centavos(9_999_999_999n) };
      return { line, result: validateRow(parseCells(text, dialect.delimiter), context) };
    });
}

/** `line CODE` of every problem. */
export function problemsOf(rows: readonly CaseRow[]): readonly string[] {
  return rows.flatMap(({ line, result }) =>
    result.ok ? [] : result.problems.map(({ code }) => `${line.toString()} ${code}`),
  );
}
