import fc from 'fast-check';
import { expect, test } from 'vitest';
import { amountMax } from '#boleto';
import { parseIsoDate } from '#calendar';
import { CSV_HEADER, detectDialect, validateRow, type RowContext } from '#debts-csv';
import { parseChunk, parseWatched, type ChunkContext, type Judge, type ParsedChunk } from './parse-chunk.ts';
import { allRows } from './row-sets.ts';

const today = parseIsoDate('2026-06-01');
if (today === undefined) throw new Error('no date');
const encoder = new TextEncoder();
const WHOLE = { fromLine: 1, toLine: null };

/** The data of a file, and how to read it. */
function readingOf(text: string | Uint8Array, owner: string) {
  const bytes = typeof text === 'string' ? encoder.encode(text) : text;
  const detected = detectDialect(bytes);
  if (!detected.ok) throw new Error(detected.problem.message);
  const { dialect, header } = detected;
  const context: RowContext = {
    mapping: header.mapping,
    dialect,
    profile: 'strict',
    today: today ?? raise(),
    amountMax: amountMax('001'),
  };
  const reading: Pick<ChunkContext, 'dialect' | 'firstLine' | 'context' | 'owner'> = {
    dialect,
    firstLine: header.lines + 1,
    context,
    owner,
  };
  return { data: bytes.subarray(header.byteLength), reading };
}

function parseFile(
  text: string | Uint8Array,
  { owner = 'somebody', ...range }: { owner?: string; fromLine: number; toLine: number | null } = WHOLE,
): ParsedChunk {
  const { data, reading } = readingOf(text, owner);
  return parseChunk(data, { ...reading, range, plainRows: true, likelyNew: true });
}

function raise(): never {
  throw new Error('unreachable');
}

const badLines = (chunk: ParsedChunk): readonly number[] => chunk.bad.map(({ line }) => line).toSorted((a, b) => a - b);

const good = (id: string, name = 'Ana'): string => `${name},529.982.247-25,ana@example.com,10.50,2030-01-31,${id}`;

test('every row is either good or bad, with its own line', () => {
  const parsed = parseFile([CSV_HEADER, good('A'), 'broken', '', good('B')].join('\n'));
  expect(allRows(parsed.good).map(({ line, debtId }) => [line, debtId])).toEqual([
    [2, 'A'],
    [5, 'B'],
  ]);
  expect(parsed.bad.map(({ line, problems, raw }) => [line, problems[0]?.code, raw])).toEqual([
    [3, 'COLUMN_COUNT', 'broken'],
  ]);
});

test('a quoted newline stays in its row and the next row keeps its line number', () => {
  const parsed = parseFile([CSV_HEADER, good('A', '"Ana\nMaria"'), good('B')].join('\n'));
  expect(parsed.bad).toEqual([]);
  expect(allRows(parsed.good).map(({ line }) => line)).toEqual([2, 4]);
});

test('a quote that is never closed costs its own row only', () => {
  const parsed = parseFile([CSV_HEADER, good('A'), good('B', '"Ana'), good('C'), good('D')].join('\n'));
  expect(allRows(parsed.good).map(({ debtId }) => debtId)).toEqual(['A', 'C', 'D']);
  expect(parsed.bad).toMatchObject([{ line: 3, problems: [{ code: 'QUOTE_INVALID' }] }]);
});

test('a byte that is no UTF-8 costs its own row only', () => {
  const head = encoder.encode([CSV_HEADER, good('A'), ''].join('\n'));
  // Enough good UTF-8 before it that the file is taken for what it is.
  const accents = encoder.encode(
    Array.from({ length: 20 }, (_, n) => `${good(`U${n.toString()}`, 'João')}\n`).join(''),
  );
  const broken = Buffer.concat([encoder.encode('An'), Buffer.from([0xe1]), encoder.encode(`${good('B').slice(3)}\n`)]);
  const parsed = parseFile(Buffer.concat([head, accents, broken, encoder.encode(good('C'))]));
  expect(parsed.good.count).toBe(22);
  expect(parsed.bad).toMatchObject([{ line: 23, problems: [{ code: 'ENCODING_INVALID' }] }]);
});

test('all problems of a row are reported together', () => {
  const parsed = parseFile([CSV_HEADER, ',123,nowhere,-1,2001-01-01,'].join('\n'));
  expect(parsed.bad[0]?.problems.map(({ code }) => code)).toEqual(
    expect.arrayContaining([
      'NAME_MISSING',
      'DOCUMENT_INVALID',
      'EMAIL_INVALID',
      'AMOUNT_NOT_POSITIVE',
      'DUE_DATE_PAST',
      'DEBT_ID_MISSING',
    ]),
  );
});

test('parts of a chunk, put together, are the chunk, wherever it is cut', () => {
  const row = fc.constantFrom(good('A'), good('B', '"A,\n""b"'), 'broken', '', '"open,1', good('C'));
  fc.assert(
    fc.property(fc.array(row, { maxLength: 12 }), fc.integer({ min: 2, max: 20 }), (rows, cut) => {
      const text = [CSV_HEADER, ...rows].join('\n');
      const whole = parseFile(text);
      const before = parseFile(text, { fromLine: 1, toLine: cut - 1 });
      const after = parseFile(text, { fromLine: cut, toLine: null });
      expect([...allRows(before.good), ...allRows(after.good)]).toEqual(allRows(whole.good));
      expect([...badLines(before), ...badLines(after)]).toEqual(badLines(whole));
    }),
  );
});

/** The rules with a fault: they take 2^60 steps for a name of sixty times the letter a, and end at once for others. */
const slow: Judge = (cells, context) => {
  if (/^(a+)+$/.test(`${cells[0] ?? ''}!`)) throw new Error('unreachable');
  return validateRow(cells, context);
};

test('rows that do not end are rejected alone, and their neighbours go on', { timeout: 60_000 }, async () => {
  const endless = 'a'.repeat(60);
  const text = [
    CSV_HEADER,
    good('A'),
    `"${endless}",,,,,B`,
    good('C', '"Bia"'),
    `,,,,,N`,
    `"${endless}",,,,,D`,
    good('E'),
  ];
  const { data, reading } = readingOf(text.join('\n'), 'watched');
  const whole = { ...reading, range: WHOLE, plainRows: true, likelyNew: true };
  const parsed = await parseWatched(data, whole, slow, { chunkMs: 100, rowMs: 50 });
  expect(allRows(parsed.good).map(({ debtId }) => debtId)).toEqual(['A', 'C', 'E']);
  expect(parsed.bad.map(({ line, problems }) => [line, problems[0]?.code])).toEqual([
    [3, 'ROW_TOO_SLOW'],
    [5, 'NAME_MISSING'],
    [6, 'ROW_TOO_SLOW'],
  ]);
  expect(parsed.rawOf(3)).toBe(`"${endless}",,,,,B`);
});

test('a chunk that ends in time is read as without a watch, and an error of it comes out as it is', async () => {
  const { data, reading } = readingOf([CSV_HEADER, good('A'), good('B', '"Bia"')].join('\n'), 'in time');
  const whole = { ...reading, range: WHOLE, plainRows: true, likelyNew: false };
  const parsed = await parseWatched(data, whole);
  expect(allRows(parsed.good)).toEqual(allRows(parseChunk(data, whole).good));
  const fault = new TypeError('a fault of ours');
  const faulty: Judge = () => {
    throw fault;
  };
  await expect(parseWatched(data, whole, faulty)).rejects.toBe(fault);
});

test('F1: twelve names of 60,000 blanks are rejected at once, the 1,500 good rows beside them are read', () => {
  const rows = [
    ...Array.from({ length: 1_500 }, (_, row) => good(`G-${row.toString()}`)),
    ...Array.from({ length: 12 }, (_, row) => good(`H-${row.toString()}`, `x${' '.repeat(60_000)}é`)),
  ];
  const parsed = parseFile([CSV_HEADER, ...rows].join('\n'));
  expect(parsed.good.count).toBe(1_500);
  expect(parsed.bad.map(({ problems }) => problems.map(({ code }) => code))).toEqual(
    Array.from({ length: 12 }, () => ['FIELD_TOO_LONG']),
  );
});
