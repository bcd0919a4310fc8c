import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { amountMax, banks } from '#boleto';
import { runWith } from '../fake-io.fixture.ts';
import { vectorFile, type Vector } from './vector.ts';

function fixture(name: string): string {
  return readFileSync(new URL(`../../../../test/fixtures/${name}`, import.meta.url), 'utf8');
}

/**
 * Facts of the banks' manuals and of other projects' test suites. Vectors marked `broken-in-source` are wrong there.
 */
const vectors = vectorFile.parse(JSON.parse(fixture('boleto-vectors.json')));
const golden = vectors.filter(({ status }) => status === 'verified');
const broken = vectors.filter(({ status }) => status === 'broken-in-source');

function someVector(bank = '341'): Vector {
  const found = golden.find((vector) => vector.bank === bank);
  if (found === undefined) throw new Error(`no vector of bank ${bank}`);
  return found;
}

async function runOn(content: unknown, ...options: readonly string[]) {
  return await runWith(['vectors', ...options, 'file.json'], { files: { 'file.json': content } });
}

describe('boletos', () => {
  test('the fixture has golden vectors for every bank', () => {
    expect(golden).toHaveLength(207);
    expect([...new Set(golden.map(({ bank }) => bank))].toSorted()).toEqual(banks().map(({ code }) => code));
  });

  test.each(golden)('vector $id gives its expected outputs', async (vector) => {
    expect(await runOn([vector])).toMatchObject({ exitCode: 0, printed: ['1 passed, 0 failed'] });
  });

  test("vectors above their bank's limit exist, and their digits are right", () => {
    expect(golden.some(({ bank, inputs }) => Number(inputs['valor_centavos']) > amountMax(bank))).toBe(true);
  });

  test.each(broken)('vector $id, wrong in its source, is refused with a reason', async ({ id = '', ...vector }) => {
    const { exitCode, printed } = await runOn([{ id, ...vector }]);
    expect([exitCode, printed.at(-1)]).toEqual([0, '1 passed, 0 failed']);
    expect(printed[0]).toMatch(new RegExp(`^${id}: refused: (codigo_barras|linha_digitavel|nosso_numero_impresso)`));
  });

  test.each<[string, (vector: Vector) => object, string]>([
    [
      'a digit of the barcode',
      () => ({ codigo_barras: '34192719500000800081090022335281234567890001' }),
      'codigo_barras',
    ],
    ['another linha', () => ({ linha_digitavel: someVector('033').linha_digitavel }), 'linha_digitavel is of another'],
    ['another amount', ({ inputs }) => ({ inputs: { ...inputs, valor_centavos: 1 } }), 'centavos, not of 1'],
    ['another date', ({ inputs }) => ({ inputs: { ...inputs, data_vencimento: '2017-06-20' } }), 'not on 2017-06-20'],
    ['no date', ({ inputs }) => ({ inputs: { ...inputs, data_vencimento: '2017-02-30' } }), 'is not a date'],
    ['no amount', ({ inputs }) => ({ inputs: { ...inputs, valor_centavos: '8,00' } }), 'valor_centavos is not'],
    ['another account', ({ inputs }) => ({ inputs: { ...inputs, conta: '1' } }), 'codigo_barras should be'],
    ['an invalid account', ({ inputs }) => ({ inputs: { ...inputs, agencia: 'x' } }), 'cannot be composed'],
    ['another printed form', () => ({ nosso_numero_impresso: '109/00000001-1' }), 'nosso_numero_impresso should be'],
    ['an unknown bank', () => ({ bank: '999' }), 'bank 999 is not one'],
  ])('a vector with %s fails with a line that names the reason', async (_, over, reason) => {
    const vector = someVector();
    const { exitCode, printed } = await runOn([{ ...vector, ...over(vector) }]);
    expect([exitCode, printed.at(-1)]).toEqual([1, '0 passed, 1 failed']);
    expect(printed[0]).toContain(`${vector.id ?? ''}: FAILED: `);
    expect(printed[0]).toContain(reason);
  });

  test('vectors of unknown correctness are skipped and counted', async () => {
    const { exitCode, printed } = await runOn([
      { ...someVector(), status: 'structural', codigo_barras: '1' },
      { ...someVector(), status: 'disputed-campo-livre' },
      { ...someVector(), status: undefined },
    ]);
    expect([exitCode, printed]).toEqual([0, ['2 skipped: 1 structural, 1 disputed-campo-livre', '1 passed, 0 failed']]);
  });

  test('every vector of a file given as broken must be refused', async () => {
    const { exitCode, printed } = await runOn([someVector(), ...broken], '--broken');
    expect(exitCode).toBe(1);
    expect(printed[0]).toContain('FAILED: nothing is wrong with it');
    expect(printed.at(-1)).toBe('8 passed, 1 failed');
  });
});

describe('documents', () => {
  test('all documents of the fixture are classified correctly', async () => {
    const { exitCode, printed } = await runOn(fixture('documents.json'), '--documents');
    expect([exitCode, printed]).toEqual([0, ['28 passed, 0 failed']]);
  });

  test("documents that differ from the file's expectation are reported", async () => {
    const cpf = [{ value: '529.982.247-26', valid: true, why: 'typo' }];
    const cnpj = [{ value: '11.222.333/0001-81', valid: false }];
    expect(await runOn({ cpf, cnpj }, '--documents')).toMatchObject({
      exitCode: 1,
      printed: [
        'CPF "529.982.247-26": FAILED: is refused (check-digits): typo',
        'CNPJ "11.222.333/0001-81": FAILED: is accepted',
        '0 passed, 2 failed',
      ],
    });
  });
});

describe('BR Codes', () => {
  const content = JSON.parse(fixture('pix.json')) as { vectors: { payload: string; valid_crc: boolean }[] };
  const [good] = content.vectors;

  test('all BR Codes of the fixture are classified, and refused ones have a reason', async () => {
    const { exitCode, printed } = await runOn(content, '--pix');
    expect([exitCode, printed.at(-1)]).toEqual([0, '7 passed, 0 failed']);
    expect(printed.slice(0, -1)).toEqual([
      expect.stringContaining('refused: '),
      expect.stringContaining('refused: 63 the CRC is 1D3E, but the text before it gives 1D3D'),
    ]);
  });

  test.each([
    ['a correct BR Code marked as broken', { ...good, valid_crc: false }, 'is accepted'],
    ['a broken BR Code marked as correct', { ...good, payload: good?.payload.replace('Fulano', 'Sicrano') }, '59'],
    ['a BR Code of another kind', { ...good, kind: 'dynamic' }, 'is static, not dynamic'],
    ['a BR Code with another value', { ...good, tlv: { '00': '02' } }, '00 is 01, not 02'],
  ])('%s fails', async (_, vector, reason) => {
    const { exitCode, printed } = await runOn({ vectors: [vector] }, '--pix');
    expect([exitCode, printed.at(-1)]).toEqual([1, '0 passed, 1 failed']);
    expect(printed[0]).toContain(reason);
  });
});

test.each([
  [[]],
  [['a.json', 'b.json']],
  [['--pix', '--documents', 'a.json']],
  [['--all', 'a.json']],
  [['absent.json']],
  [['text.json']],
  [['shape.json']],
])('the arguments %j are a usage error, and the usage is printed', async (args) => {
  const files = { 'a.json': [], 'b.json': [], 'text.json': 'not JSON', 'shape.json': [{ bank: 1 }] };
  const { exitCode, complaints, printed } = await runWith(['vectors', ...args], { files });
  expect([exitCode, printed]).toEqual([2, []]);
  expect(complaints.join('\n')).toContain('npm run vectors -- FILE.json');
});
