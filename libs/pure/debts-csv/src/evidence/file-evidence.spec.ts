import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { detectDialect, HEAD_BYTES_MAX } from '../dialect/detect.ts';
import type { Dialect, DialectOverrides } from '../dialect/dialect.ts';
import { ChunkCutter } from '../records/chunks.ts';
import { REQUIRED_FIELDS } from '../row/column-table.ts';
import { FileEvidence } from './file-evidence.ts';

const HEADER = `${REQUIRED_FIELDS.join(';')}\n`;

/** A row with what is asked for, and otherwise with nothing that depends on another row. */
function row({ name = 'Ana', amount = '80,00', date = '31/12/2026', id = 'D-1' } = {}): string {
  return `${name};52998224725;ana@example.com;${amount};${date};${id}\n`;
}

interface Settings {
  readonly overrides?: DialectOverrides;
  readonly blockBytes?: number;
  readonly byte?: BufferEncoding;
}

interface Seen {
  readonly head: Dialect;
  readonly whole: Dialect;
  /** Where, before the end, the file was certain up to. */
  readonly certainUpTo: number;
}

/** The evidence of a file that is cut into chunks. */
function see(text: string, { overrides = {}, blockBytes = 10_000, byte = 'utf8' }: Settings = {}): Seen {
  const file = Buffer.from(text, byte);
  const detection = detectDialect(file.subarray(0, HEAD_BYTES_MAX), overrides);
  if (!detection.ok) throw new Error(detection.problem.message);
  const { dialect, header } = detection;
  const dataAt = header.byteLength;
  const evidence = new FileEvidence({ dialect, mapping: header.mapping, overrides, dataAt });
  const start = { byteOffset: dataAt, firstLine: header.lines + 1 };
  const cutter = new ChunkCutter({ syntax: dialect, start, sizes: { bytes: 4_096 }, watcher: evidence });
  for (let at = dataAt; at < file.length; at += blockBytes) {
    const block = file.subarray(at, at + blockBytes);
    evidence.seeBytes(block);
    cutter.push(block);
  }
  cutter.finish();
  const { certainUpTo } = evidence;
  return { head: dialect, whole: evidence.finish(), certainUpTo };
}

/** Longer than a head. */
const PLAIN = row().repeat(2_000);
const LAST_LINE = 2_002;

test('a file that is no longer than a head is decided by it', () => {
  expect(see(HEADER + row()).head.open).toBeUndefined();
  expect(see(HEADER + PLAIN).head.open).toEqual(['encoding', 'thousands', 'dates']);
  expect(see(HEADER + PLAIN).whole.open).toBeUndefined();
});

test('what the uploader says is not open', () => {
  const overrides = { encoding: 'cp850', decimal: ',', date: 'br' } as const;
  const { head, certainUpTo } = see(HEADER + PLAIN + row({ date: '12/31/2026' }), { overrides });
  expect(head.open).toBeUndefined();
  expect(certainUpTo).toBe(Number.POSITIVE_INFINITY);
});

describe('dates', () => {
  test('are read day first where some line shows it and none the contrary', () => {
    expect(see(HEADER + PLAIN + row({ date: '01/02/2027' })).whole).toMatchObject({ date: 'br' });
    expect(see(HEADER + PLAIN).whole.dateOrder).toBeUndefined();
  });

  test('are read month first where the last line shows it', () => {
    const ambiguous = row({ date: '01/02/2027' }).repeat(2_000);
    const { whole, certainUpTo } = see(HEADER + ambiguous + row({ date: '12/31/2026' }));
    expect(whole).toMatchObject({ date: 'us', dateOrder: 'us' });
    expect(certainUpTo).toBe(HEADER.length);
  });

  test('are read day first where nothing shows it', () => {
    const { whole } = see(HEADER + row({ date: '01/02/2027' }).repeat(2_000));
    expect(whole).toMatchObject({ date: 'br' });
    expect(whole.dateOrder).toBeUndefined();
  });

  test('are in both orders where the last line contradicts the first', () => {
    const { whole } = see(HEADER + PLAIN + row({ date: '12/31/2026' }));
    expect(whole).toMatchObject({ dateOrder: 'both', seen: { dayFirst: 2, monthFirst: LAST_LINE } });
  });

  test.each(['2026-12-31', '31/12/2026', '05/05/2027', ''])('%j does not have to wait', (date) => {
    expect(see(HEADER + row({ name: 'A', date }).repeat(2_000)).certainUpTo).toBeGreaterThan(60_000);
  });

  test.each(['01/02/2027', '1/2/2027', '01-02-2027', '01.02.2027', '"01/02/2027"', ' 01/02/2027'])(
    '%j waits',
    (date) => {
      const text = HEADER + PLAIN + row({ date }) + PLAIN;
      expect(see(text).certainUpTo).toBe(HEADER.length + PLAIN.length);
    },
  );

  test.each(['1/31/2027', '1-31-2027', '"01/31/2027"', '01/31/2027 00:00', "'01/31/2027"])(
    '%j shows its order',
    (date) => {
      expect(see(HEADER + row({ date: '01/02/2027' }).repeat(2_000) + row({ date })).whole.dateOrder).toBe('us');
    },
  );
});

describe('decimals', () => {
  const dots = { amount: '80.00', date: '2026-12-31' };

  test('the last line takes away what the head is sure of', () => {
    const commas = HEADER + PLAIN + row({ amount: '1.234' });
    expect(see(commas).whole).toMatchObject({ decimal: ',', decimalSure: true });
    const { whole, certainUpTo } = see(commas + row({ amount: '12.50' }));
    expect(whole).toMatchObject({ decimal: ',', decimalSure: false, seen: { comma: 2, dot: LAST_LINE + 1 } });
    expect(certainUpTo).toBe(HEADER.length + PLAIN.length);
  });

  test('a head without any leaves them to the rest, and what has a separator waits', () => {
    const text = HEADER + row({ ...dots, amount: '80' }).repeat(2_000);
    const { head, whole, certainUpTo } = see(text + row(dots));
    expect(head.open).toEqual(['encoding', 'decimals', 'thousands', 'dates']);
    expect(whole).toMatchObject({ decimal: '.', decimalSure: true });
    expect(certainUpTo).toBe(text.length);
  });

  test.each(['R$ 12.50', '"12.50"', '1,234.50', '12.5'])('%j shows the decimal point', (amount) => {
    const text = HEADER + row({ ...dots, amount: '1.234' }).repeat(2_000);
    expect(see(text + row({ ...dots, amount })).whole).toMatchObject({ decimal: '.', decimalSure: true });
  });
});

describe('the encoding', () => {
  test('is that of the accents behind the head, and nothing waits before the first of them', () => {
    const { head, whole, certainUpTo } = see(HEADER + PLAIN + row({ name: 'João Conceição' }), { byte: 'latin1' });
    expect(head.open).toContain('encoding');
    expect(whole).toMatchObject({ encoding: 'windows-1252', seen: { notUtf8: LAST_LINE } });
    expect(certainUpTo).toBe(HEADER.length + PLAIN.length);
  });

  test('is decided on the way, where enough characters say it', () => {
    const { whole, certainUpTo } = see(HEADER + PLAIN + row({ name: 'João Conceição' }).repeat(20));
    expect(whole).toMatchObject({ encoding: 'utf-8', seen: { utf8: LAST_LINE } });
    expect(certainUpTo).toBe(Number.POSITIVE_INFINITY);
  });
});

test('what is decided does not depend on the blocks in which the file comes', () => {
  const rows = fc.constantFrom(
    row({ date: '01/02/2027' }),
    row({ date: '12/31/2026' }),
    row({ date: '2026-12-31', amount: '1.234' }),
    row({ amount: '12.50' }),
    row({ name: '"Bar; do\nZé"' }),
    row({ name: 'João' }),
    `"${row()}`,
  );
  fc.assert(
    fc.property(fc.array(rows, { maxLength: 8 }), fc.integer({ min: 1, max: 70_000 }), (odd, blockBytes) => {
      const text = HEADER + PLAIN + odd.join('');
      for (const byte of ['utf8', 'latin1'] as const) {
        const { head, whole, certainUpTo } = see(text, { byte });
        expect(see(text, { byte, blockBytes: Math.max(blockBytes, 1_000) })).toMatchObject({ head, whole });
        expect(certainUpTo).toBeGreaterThanOrEqual(HEADER.length + PLAIN.length - 70_000);
      }
    }),
    { numRuns: 30 },
  );
});

/** A row of a file whose due date is its first column. */
function front(date: string, end = ',Rua A'): string {
  return `${date},80.00,D-1,Ana,52998224725,a@example.com${end}\n`;
}

test('rows of other shapes are found as well: the columns at the front, cells too many, cells too few', () => {
  const header = 'debtDueDate,debtAmount,debtId,name,governmentId,email,street\n';
  const text = header + front('01/02/2027').repeat(1_800);
  for (const end of [',Rua A', '', ',Rua A,,,']) {
    expect(see(text + front('12/31/2026', end)).whole.dateOrder).toBe('us');
  }
});
