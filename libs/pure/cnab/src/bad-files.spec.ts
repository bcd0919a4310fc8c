import { describe, expect, test } from 'vitest';
import {
  bbLines,
  bytesOf,
  changed,
  ITAU_HEADER,
  itauLines,
  itauPayment,
  itauTrailer,
  lineOf,
} from './files.fixture.ts';
import { readRetorno } from './read-retorno.ts';
import { retornoOf } from './shared.fixture.ts';

function refusalOf(bytes: Uint8Array): string {
  const result = readRetorno(bytes);
  return result.ok ? 'read' : result.problem.code;
}

function replaced(lines: readonly string[], at: number, line: string): string[] {
  return lines.map((each, index) => (index === at ? line : each));
}

describe('files that are refused', () => {
  test.each([
    ['no bytes', Buffer.alloc(0), 'FILE_EMPTY'],
    ['blank lines alone', Buffer.from('  \r\n\r\n'), 'FILE_EMPTY'],
    ['a byte order mark alone', Buffer.from('\u{feff}'), 'FILE_EMPTY'],
    ['^Z alone', Buffer.from('\u001a'), 'FILE_EMPTY'],
    ['a CSV', Buffer.from('id;valor\n1;10,00\n'), 'WIDTH_UNKNOWN'],
    ['UTF-16', Buffer.from(`\u{feff}${ITAU_HEADER}`, 'utf16le'), 'WIDTH_UNKNOWN'],
    ['details without a header', bytesOf(itauLines().slice(1)), 'NOT_A_RETORNO'],
    ['a remessa of 400', bytesOf(replaced(itauLines(), 0, `01REMESSA${ITAU_HEADER.slice(9)}`)), 'NOT_A_RETORNO'],
    ['a remessa of 240', bytesOf(replaced(bbLines(), 0, changed(bbLines()[0] ?? '', [[143, '1']]))), 'NOT_A_RETORNO'],
    [
      'payments to suppliers',
      bytesOf(replaced(bbLines(), 1, changed(bbLines()[1] ?? '', [[10, '20']]))),
      'OTHER_SERVICE',
    ],
    ['400 of another service', bytesOf([changed(ITAU_HEADER, [[10, '03PAGAMENTO']])]), 'OTHER_SERVICE'],
    ['a bank without a layout', bytesOf([changed(ITAU_HEADER, [[77, '136']])]), 'LAYOUT_UNSUPPORTED'],
    ['a width that is not read of a bank', bytesOf([changed(ITAU_HEADER, [[77, '085']])]), 'LAYOUT_UNSUPPORTED'],
  ])('%s', (_name, bytes, code) => {
    expect(refusalOf(bytes)).toBe(code);
  });

  test('lots without an operation leave the kind unknown', () => {
    const [header = '', lot = '', ...rest] = bbLines();
    const lines = [changed(header, [[143, ' ']]), changed(lot, [[9, 'X']]), ...rest];
    expect(refusalOf(bytesOf(lines))).toBe('NOT_A_RETORNO');
    expect(refusalOf(bytesOf([changed(header, [[143, ' ']]), lot, ...rest]))).toBe('read');
    expect(refusalOf(bytesOf([changed(header, [[143, ' ']]), changed(lot, [[9, 'R']]), ...rest]))).toBe(
      'NOT_A_RETORNO',
    );
  });
});

describe('forms of the same file', () => {
  const itau = itauLines();
  const bb = bbLines();
  test.each([
    ['LF', bytesOf(itau, '\n'), 4],
    ['CR', bytesOf(itau, '\r'), 4],
    ['no line ends', bytesOf(itau, ''), 4],
    ['no end of the last line', bytesOf(itau).subarray(0, -2), 4],
    ['^Z at the end', Buffer.concat([bytesOf(itau), Buffer.from('\u001a')]), 4],
    ['^Z in a line of its own', Buffer.concat([bytesOf(itau), Buffer.from('\u001a\r\n')]), 5],
    ['a byte order mark', Buffer.concat([Buffer.from('\u{feff}'), bytesOf(itau)]), 4],
    ['blank lines between', bytesOf(itau.flatMap((line) => [line, ''])), 8],
    ['blanks behind every line', bytesOf(itau.map((line) => `${line}  `)), 4],
    ['240: no line ends', bytesOf(bb, ''), 6],
    ['240: blanks cut off', bytesOf(bb.map((line) => line.trimEnd())), 6],
    ['240: ^Z', Buffer.concat([bytesOf(bb, '\n'), Buffer.from('\u001a')]), 6],
  ])('%s', (_name, bytes, lines) => {
    const retorno = retornoOf(bytes);
    expect(retorno.lines).toBe(lines);
    expect(retorno.isComplete).toBe(true);
    expect(retorno.checks.filter(({ agrees }) => !agrees)).toEqual([]);
    const paid = retorno.entries.map(({ amounts }) => amounts.paid);
    expect(paid).toEqual(lines % 4 === 0 || lines === 5 ? [4_000n, 4_000n] : [34_400n]);
    expect(retorno.entries.flatMap(({ problems }) => problems)).toEqual([]);
  });

  test('accented names in UTF-8 move no column', () => {
    const named = itauPayment(2, [[325, 'JOÃO DA CONCEIÇÃO']]);
    const lines = [
      changed(ITAU_HEADER, [[47, 'AÇÃO LTDA']]),
      named,
      itauPayment(3, [[86, '00000035']]),
      itauTrailer(4, 2),
    ];
    for (const encoding of ['utf8', 'latin1'] as const) {
      const retorno = retornoOf(Buffer.from(lines.join('\n'), encoding));
      expect(retorno.entries.map(({ outcome, amounts: { paid } }) => [outcome, paid])).toEqual([
        ['readable', 4_000n],
        ['readable', 4_000n],
      ]);
    }
  });

  test('a name in UTF-8 whose line was cut short moves no column', () => {
    const lines = bbLines();
    lines[2] = changed(lines[2] ?? '', [[149, 'JOÃO']]);
    const bytes = Buffer.from(lines.map((line) => line.trimEnd()).join('\n'), 'utf8');
    expect(retornoOf(bytes).entries[0]).toMatchObject({ outcome: 'readable', amounts: { fee: 103n } });
  });
});

function disagreements(lines: readonly string[]): readonly string[] {
  return retornoOf(bytesOf(lines))
    .checks.filter(({ agrees }) => !agrees)
    .map(({ code, expected, found }) => `${code} ${expected} ${found}`);
}

describe('files that disagree with themselves', () => {
  test('400: counts, numbers of lines and the bank', () => {
    expect(disagreements([...itauLines().slice(0, 3), itauTrailer(4, 3)])).toEqual(['TOTAL 3 2']);
    expect(disagreements([...itauLines().slice(0, 3), itauTrailer(9, 2)])).toEqual(['FILE_LINES 9 4', 'SEQUENCE 0 1']);
    expect(disagreements([...itauLines().slice(0, 3), changed(itauTrailer(4, 2), [[5, '237']])])).toEqual([
      'TRAILER_BANK 341 237',
    ]);
    expect(disagreements(itauLines().slice(0, 3))).toEqual(['TRAILER 1 0']);
  });

  test('240: lots, lines of the lot and of the file', () => {
    const lines = bbLines();
    const trailers = [changed(lines[4] ?? '', [[18, '000007']]), changed(lines[5] ?? '', [[18, '000002000009']])];
    expect(disagreements([...lines.slice(0, 4), ...trailers])).toEqual([
      'FILE_LOTS 2 1',
      'FILE_LINES 9 6',
      'LOT_LINES 7 4',
    ]);
    expect(disagreements([...lines.slice(0, 4), lines[5] ?? ''])).toEqual(['FILE_LINES 6 5', 'LOT_TRAILER 1 0']);
  });

  test('sums of the trailer', () => {
    const header = changed(ITAU_HEADER, [[77, '237BRADESCO       ']]);
    const payment = itauPayment(2, [
      [71, '000000000009'],
      [108, '906'],
    ]);
    const trailer = lineOf(400, [
      [1, '9201237'],
      [87, '00001000000004000'],
      [395, '000003'],
    ]);
    expect(disagreements([header, payment, trailer])).toEqual(['TOTAL 4000 3790']);
  });

  test('a lot of another service is counted, and not read', () => {
    const lines = bbLines();
    const other = [changed(lines[1] ?? '', [[10, '45']]), changed(lines[2] ?? '', [[14, 'A']]), lines[4] ?? ''];
    const retorno = retornoOf(bytesOf([...lines.slice(0, 5), ...other, lines[5] ?? '']));
    expect(retorno.entries).toHaveLength(1);
    expect(retorno.lines).toBe(retorno.structureLines + 2);
    expect(retorno.checks).toContainEqual(expect.objectContaining({ code: 'OTHER_SERVICE_LINES', found: '1' }));
  });

  test('a file that breaks off keeps its whole entries and rejects the last', () => {
    const whole = bytesOf(itauLines());
    const retorno = retornoOf(whole.subarray(0, 402 + 402 + 300));
    expect(retorno.isComplete).toBe(false);
    expect(retorno.entries.map(({ outcome, problems }) => [outcome, problems.map(({ code }) => code)])).toEqual([
      ['readable', []],
      ['rejected', expect.arrayContaining(['LINE_TRUNCATED'])],
    ]);
  });

  test('a file that breaks off behind a whole line has no trailer, and is not short', () => {
    const retorno = retornoOf(bytesOf(itauLines().slice(0, 2)));
    expect(retorno.isComplete).toBe(true);
    expect(retorno.checks).toContainEqual(expect.objectContaining({ code: 'TRAILER', agrees: false }));
  });
});

test('behind line 999999 comes 000000 or 000001', () => {
  for (const next of [0, 1]) {
    const lines = [changed(ITAU_HEADER, [[395, '999998']]), itauPayment(999_999), itauPayment(next)];
    expect(retornoOf(bytesOf(lines)).entries.flatMap(({ problems }) => problems)).toEqual([]);
  }
});
