import { describe, expect, test } from 'vitest';
import {
  bbLines,
  bytesOf,
  ITAU_HEADER,
  itauLines,
  itauPayment,
  itauTrailer,
} from '../../../../libs/pure/cnab/src/files.fixture.ts';
import { runWith } from '../fake-io.fixture.ts';

const REJECTED = [ITAU_HEADER, itauPayment(2, [[254, 'X']]), itauTrailer(3, 1)];
const files = {
  'itau.ret': bytesOf(itauLines()),
  'other/itau.ret': bytesOf(itauLines()),
  'bb.ret': bytesOf(bbLines()),
  'rejected.ret': bytesOf(REJECTED),
  'empty.ret': Buffer.alloc(0),
};

describe('bank read', () => {
  test('JSON has the entries of each file by its name', async () => {
    const { exitCode, printed } = await runWith(['bank', 'read', 'itau.ret', 'bb.ret', '--json'], { files });
    expect(exitCode).toBe(0);
    const json = JSON.parse(printed.join('\n')) as Record<string, { entries: unknown[] }>;
    expect(Object.keys(json)).toEqual(['itau.ret', 'bb.ret']);
    expect(json['itau.ret']?.entries).toHaveLength(2);
    expect(json['itau.ret']?.entries[0]).toEqual({
      line: 2,
      ourNumber: '00000011',
      occurrence: '06',
      motives: [],
      event: 'paid',
      outcome: 'readable',
      problems: [],
      titleCentavos: 4_000,
      paidCentavos: 4_000,
      creditedCentavos: 3_790,
      interestCentavos: 0,
      fineCentavos: null,
      discountCentavos: 0,
      rebateCentavos: 0,
      feeCentavos: 210,
      occurredOn: '2013-05-20',
      creditedOn: '2013-05-21',
    });
    expect(json['bb.ret']?.entries[0]).toMatchObject({ line: 3, paidCentavos: 34_400, creditedCentavos: 34_297 });
  });

  test('files of the same name stand by their paths', async () => {
    const { printed } = await runWith(['bank', 'read', '--json', 'itau.ret', 'other/itau.ret'], { files });
    expect(Object.keys(JSON.parse(printed.join('\n')) as object)).toEqual(['itau.ret', 'other/itau.ret']);
  });

  test('a table shows entries, sums and problems to a person', async () => {
    const { exitCode, printed } = await runWith(['bank', 'read', 'itau.ret', 'rejected.ret'], { files });
    expect(exitCode).toBe(1);
    const text = printed.join('\n');
    expect(text).toContain('itau.ret: Itaú, 400 colunas, conta 341/0730/03511/0, arquivo 00025 de 20/05/2013');
    expect(text).toContain('2 entradas, 2 legíveis, 0 rejeitadas, 4 linhas, 2 de estrutura');
    expect(text).toContain('pago R$ 80,00, creditado R$ 75,80, tarifas R$ 4,20');
    expect(text).toContain('o valor não é só de dígitos (linha 2, colunas 254-266: "X000000003790")');
  });

  test('a refused file is named with its code, and the others are read', async () => {
    const table = await runWith(['bank', 'read', 'empty.ret', 'itau.ret'], { files });
    expect(table.exitCode).toBe(1);
    expect(table.printed.slice(0, 2)).toEqual(['empty.ret', '  FILE_EMPTY: O arquivo está vazio.']);
    const json = await runWith(['bank', 'read', '--json', 'empty.ret'], { files });
    expect([json.exitCode, JSON.parse(json.printed.join('\n'))]).toEqual([
      1,
      { 'empty.ret': { problem: { code: 'FILE_EMPTY', found: '' }, entries: [] } },
    ]);
  });
});

describe('bank explain', () => {
  test('every field has its columns, its name, its text and its value', async () => {
    const { exitCode, printed } = await runWith(['bank', 'explain', 'itau.ret'], { files });
    expect(exitCode).toBe(0);
    expect(printed[0]).toBe('Retorno do banco 341, 400 colunas');
    expect(printed.some((line) => /^ {2}254-266 {2}Valor principal +0000000003790 {2}= R\$ 37,90$/.test(line))).toBe(
      true,
    );
    expect(printed).toContain('  → ocorrência 06: liquidação, pago R$ 40,00, creditado R$ 37,90');
  });

  test('problems stand at the lines that have them', async () => {
    const { printed } = await runWith(['bank', 'explain', 'rejected.ret'], { files });
    expect(printed).toContain('  → ocorrência 06: entrada rejeitada');
    expect(printed.some((line) => line.startsWith('  ✗ o valor não é só de dígitos'))).toBe(true);
  });

  test('a file that is none of a bank is refused', async () => {
    const { exitCode, complaints } = await runWith(['bank', 'explain', 'empty.ret'], { files });
    expect([exitCode, complaints]).toEqual([1, ['FILE_EMPTY: O arquivo está vazio.']]);
  });
});

test.each([
  [['bank'], 'the command must be explain or read'],
  [['bank', 'read'], 'which files?'],
  [['bank', 'read', 'absent.ret'], 'absent.ret cannot be read: no such file: absent.ret'],
  [['bank', 'explain'], 'one file is explained at a time'],
  [['bank', 'explain', 'itau.ret', '--json'], expect.stringContaining('--json')],
])('%j is an invalid command line', async (args, complaint) => {
  const { exitCode, complaints } = await runWith(args, { files });
  expect([exitCode, complaints[0]]).toEqual([2, complaint]);
  expect(complaints.slice(2)).toEqual([
    expect.stringContaining('npm run bank -- explain FILE'),
    expect.stringContaining('npm run bank -- read FILE'),
  ]);
});

test('--help shows both commands', async () => {
  const { exitCode, printed } = await runWith(['bank', '--help']);
  expect([exitCode, printed.length]).toEqual([0, 2]);
});
