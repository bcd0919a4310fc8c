import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { parseIsoDate } from '#calendar';
import {
  ChunkCutter,
  CSV_HEADER,
  csvParseOptions,
  decodeRecord,
  detectDialect,
  FIELDS,
  FileEvidence,
  HEAD_BYTES_MAX,
  REJECTION_CODES,
  scanRecords,
  syntaxOf,
  validateRow,
  type ParsedRow,
  type RejectionCode,
} from '#debts-csv';
import { centavos } from '#money';
import {
  generateSample,
  SAMPLE_HEADER,
  SAMPLE_ROWS_MIN,
  CSV_HEADER as SCRIPTS_HEADER,
  todayInSaoPaulo,
  type SampleCounts,
  type SampleOptions,
} from './sample.mjs';

function sample(options: Partial<SampleOptions>): { readonly file: Buffer; readonly expected: SampleCounts } {
  const blocks = generateSample({ rows: SAMPLE_ROWS_MIN, seed: 1, today: '2026-11-21', ...options });
  const parts: Buffer[] = [];
  for (;;) {
    const next = blocks.next();
    if (next.done === true) return { file: Buffer.concat(parts), expected: next.value };
    parts.push(next.value);
  }
}

/** Reads the file as the pipeline does, with a Map in the place of the database. */
function read(file: Buffer): { readonly counts: SampleCounts; readonly rows: readonly ParsedRow[] } {
  const detection = detectDialect(file.subarray(0, HEAD_BYTES_MAX));
  const today = parseIsoDate('2026-11-21');
  if (!detection.ok || today === undefined) throw new Error('the sample has no header');
  const { mapping, byteLength: dataAt, lines } = detection.header;
  const data = file.subarray(dataAt);
  // One row is too long for a head: the reading is decided by the whole file.
  const evidence = new FileEvidence({ dialect: detection.dialect, mapping, overrides: {}, dataAt });
  const syntax = syntaxOf(detection.dialect, mapping);
  const start = { byteOffset: dataAt, firstLine: lines + 1 };
  const cutter = new ChunkCutter({ syntax, start, sizes: { bytes: HEAD_BYTES_MAX }, watcher: evidence });
  evidence.seeBytes(data);
  cutter.push(data);
  cutter.finish();
  const dialect = evidence.finish();
  const amountMax = centavos(9_999_999_999n);
  const context = { mapping, dialect, profile: 'strict' as const, today, amountMax };

  const known = new Map<string, ParsedRow>();
  const byCode: Partial<Record<RejectionCode, number>> = {};
  const counts = { read: 0, accepted: 0, duplicate: 0, rejected: 0, byCode };
  const reject = (...codes: readonly RejectionCode[]): void => {
    counts.rejected++;
    for (const code of codes) byCode[code] = (byCode[code] ?? 0) + 1;
  };
  const accept = (row: ParsedRow): void => {
    const first = known.get(row.debtId);
    known.set(row.debtId, first ?? row);
    if (first === undefined) counts.accepted++;
    else if (first.amount === row.amount && first.document === row.document) counts.duplicate++;
    else reject('DEBT_ID_CONFLICT');
  };

  for (const { start: from, end, flaw } of scanRecords(data, syntax, lines + 1)) {
    counts.read++;
    const text = decodeRecord(data.subarray(from, end), dialect.encoding);
    if (flaw !== undefined) reject(flaw === 'malformed' ? 'QUOTE_INVALID' : 'RECORD_TOO_LONG');
    else if (text === undefined) reject('ENCODING_INVALID');
    else {
      const result = validateRow(parse(text, csvParseOptions(dialect))[0] ?? [], context);
      if (result.ok) accept(result.row);
      else reject(...result.problems.map(({ code }) => code));
    }
  }
  return { counts, rows: [...known.values()] };
}

test.each([
  [SAMPLE_ROWS_MIN, 1],
  [SAMPLE_ROWS_MIN, 2],
  [51, 3],
  [600, 4],
  [3_000, 5],
])('a sample of %i rows, seed %i, gives the counts it says, with every code among them', (rows, seed) => {
  const { file, expected } = sample({ rows, seed });
  expect(read(file).counts).toEqual(expected);
  expect(expected.read).toBe(rows);
  expect(expected.duplicate).toBeGreaterThan(0);
  expect(Object.keys(expected.byCode).toSorted()).toEqual(
    // No row is known that the rules do not finish with.
    REJECTION_CODES.filter((code) => code !== 'ROW_TOO_SLOW').toSorted(),
  );
});

test('a sample has CPFs, CNPJs, CNPJs with letters, and debtors with several e-mails', () => {
  const { rows } = read(sample({ rows: 1_000 }).file);
  const documents = rows.map(({ document }) => document);
  expect(documents.some((document) => /^\d{11}$/.test(document))).toBe(true);
  expect(documents.some((document) => /^\d{14}$/.test(document))).toBe(true);
  expect(documents.some((document) => document.length === 14 && /[A-Z]/.test(document))).toBe(true);
  expect(new Set(documents).size).toBeLessThan(rows.length * 0.9);
  expect(new Set(rows.map(({ email }) => email)).size).toBe(rows.length);
});

test('about three rows in a hundred are bad and one is a duplicate', () => {
  const { expected } = sample({ rows: 10_000 });
  expect(expected.rejected).toBe(300);
  expect(expected.duplicate).toBeGreaterThan(80);
});

test('the same seed and day give the same bytes, another seed other debts', () => {
  expect(sample({}).file.equals(sample({}).file)).toBe(true);
  expect(sample({ seed: 2 }).file.equals(sample({}).file)).toBe(false);
});

test('a sample with fewer rows than kinds of bad rows is refused', () => {
  expect(() => sample({ rows: 49 })).toThrow(RangeError);
});

test('today is the date in São Paulo', () => {
  expect(todayInSaoPaulo(new Date('2026-11-22T02:59:59Z'))).toBe('2026-11-21');
  expect(todayInSaoPaulo(new Date('2026-11-22T03:00:00Z'))).toBe('2026-11-22');
});

test('the headers that scripts write are those of the table of columns', () => {
  expect(SCRIPTS_HEADER).toBe(CSV_HEADER);
  expect(SAMPLE_HEADER).toBe(FIELDS.join(','));
});
