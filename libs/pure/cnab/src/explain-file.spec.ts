import { describe, expect, test } from 'vitest';
import { explainFile, type ExplainedFile } from './explain-file.ts';
import { bbLines, bytesOf, changed, ITAU_HEADER, itauLines, lineOf } from './files.fixture.ts';
import { hasShared, remessaNames, retornoNames, sharedFile } from './shared.fixture.ts';

function explained(bytes: Uint8Array): ExplainedFile {
  const file = explainFile(bytes);
  if ('code' in file) throw new Error(file.code);
  return file;
}

test('each field has its columns, its name and its text; money and days have their value', () => {
  const { lines, bank, kind, width, isGeneric } = explained(bytesOf(itauLines()));
  expect([bank, kind, width, isGeneric]).toEqual(['341', 'retorno', 400, false]);
  expect(lines.map(({ line, record }) => [line, record])).toEqual([
    [1, '0'],
    [2, '1'],
    [3, '1'],
    [4, '9'],
  ]);
  const fields = lines[1]?.fields ?? [];
  expect(fields.find(({ from }) => from === 254)).toEqual({
    from: 254,
    to: 266,
    kind: 'V',
    name: 'Valor principal',
    text: '0000000003790',
    centavos: 3_790n,
    date: null,
  });
  expect(fields.find(({ from }) => from === 111)).toMatchObject({ name: 'Data de ocorrência', date: '2013-05-20' });
});

test('segments of 240 columns are told by their letter', () => {
  const { lines } = explained(bytesOf(bbLines()));
  expect(lines.map(({ record }) => record)).toEqual(['0', '1', 'T', 'U', '5', '9']);
  expect(lines[3]?.fields.find(({ name }) => name === 'Valor pago')?.centavos).toBe(34_400n);
});

test('a bank of 240 columns without a layout is shown by the fields of FEBRABAN', () => {
  const lines = bbLines().map((line) => changed(line, [[1, '208']]));
  expect(explained(bytesOf(lines))).toMatchObject({ bank: '208', isGeneric: true });
});

test('a bank of 400 columns without a layout is refused', () => {
  expect(explainFile(bytesOf([changed(ITAU_HEADER, [[77, '136']])]))).toEqual({
    code: 'LAYOUT_UNSUPPORTED',
    found: '136, 400',
  });
});

test('a remessa of 444 columns has the key of the invoice at its end', () => {
  const header = lineOf(444, [
    [1, '01REMESSA01COBRANCA'],
    [77, '341'],
    [439, '000001'],
  ]);
  const { lines } = explained(
    bytesOf([
      header,
      lineOf(444, [
        [1, '1'],
        [439, '000002'],
      ]),
    ]),
  );
  expect(lines[1]?.fields.slice(-2)).toMatchObject([
    { from: 395, to: 438, name: 'Chave da NF-e' },
    { from: 439, to: 444, text: '000002' },
  ]);
});

describe.runIf(hasShared)('files of other projects', () => {
  const REFUSED: Readonly<Record<string, unknown>> = {
    'brcobranca__CNAB400BANCOBRASILIA.RET': { code: 'LAYOUT_UNSUPPORTED', found: '070, 400' },
    // It begins as no CNAB file does.
    'brcobranca__remessa-banco-brasilia-cnab400.rem': { code: 'WIDTH_UNKNOWN', found: 'DCB00107508300004902015071' },
    // The header of the file is missing: its first line is that of a lot.
    'brcobranca__remessa-sicoob-correspondente-bb-cnab240.rem': {
      code: 'NOT_A_RETORNO',
      found: '75600001R0000000  43271234',
    },
  };

  test.each([
    ...retornoNames().map((name) => ['retorno', name] as const),
    ...remessaNames().map((name) => ['remessa', name] as const),
  ])('%s %s', (folder, name) => {
    const file = explainFile(sharedFile(folder, name));
    expect('code' in file ? file : undefined).toEqual(REFUSED[name]);
    if ('code' in file) return;
    expect(file.kind).toBe(folder);
    const unnamed = file.lines.filter(({ fields }) => fields.length === 0).map(({ record }) => record);
    expect(unnamed).toEqual([]);
    for (const { fields, text } of file.lines) {
      expect(
        fields
          .map((field) => field.text)
          .join('')
          .trimEnd(),
      ).toBe(text);
    }
  });
});
