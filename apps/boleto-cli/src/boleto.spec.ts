import { describe, expect, test } from 'vitest';
import { parseBrCode } from '#pix';
import { runWith } from './fake-io.fixture.ts';

const ITAU = ['--bank', '341', '--field', 'agencia=0057', '--field', 'conta=12345', '--field', 'carteira=109'];
const TERMS = ['--amount', '10.50', '--due', '2026-12-31'];

const LINHA = '34191.09008 00000.160051 71234.570001 1 16770000001050';

describe('one boleto', () => {
  test('options give a boleto: its values and its PDF', async () => {
    const { exitCode, printed, written } = await runWith(['boleto', ...ITAU, ...TERMS, '--out', 'one.pdf']);

    expect(exitCode).toBe(0);
    expect(printed).toContain('Banco               341-7 Itaú');
    expect(printed).toContain(`Linha digitável     ${LINHA}`);
    expect(printed).toContain('Vencimento          31/12/2026 (fator 1677)');
    expect(printed).toContain('Valor               R$ 10,50');
    expect(printed).toContain('Nosso número        109/00000001-6');
    expect(printed.at(-1)).toBe('PDF: one.pdf');
    expect(
      Buffer.from(written.get('one.pdf') ?? '')
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
  });

  test('JSON on standard input with fees gives a boleto, and its values as JSON', async () => {
    const input = JSON.stringify({
      bank: '341',
      fields: { agencia: '0057', conta: '12345', carteira: '109' },
      amount: '804.00',
      due: '2026-12-31',
      sequence: 1,
      payer: { name: 'João', document: '529.982.247-25' },
      fees: { multa: { percent: '2.00' } },
    });
    const { exitCode, printed, written } = await runWith(['boleto', '--json'], { input });

    expect(exitCode).toBe(0);
    expect(printed).toHaveLength(1);
    expect(JSON.parse(printed[0] ?? '')).toMatchObject({
      bankCode: '341',
      nossoNumeroImpresso: '109/00000001-6',
      amount: '804.00',
      dueDate: '2026-12-31',
      instructions: [expect.stringContaining('BENEFICIÁRIO'), 'Após 31/12/2026 cobrar multa de R$ 16,08.'],
      out: 'boleto.pdf',
    });
    expect(written.has('boleto.pdf')).toBe(true);
  });

  test('a nosso número from the bank is accepted in a carteira that the bank numbers', async () => {
    const args = [...ITAU.slice(0, -1), 'carteira=112', ...TERMS];
    const counted = await runWith(['boleto', ...args]);
    expect([counted.exitCode, counted.complaints]).toEqual([
      1,
      [expect.stringContaining('fields.carteira is one whose')],
    ]);

    const given = await runWith(['boleto', ...args, '--nosso-numero', '12345678']);
    expect(given.printed.join('\n')).toContain('112/12345678-');
    const long = await runWith(['boleto', ...args, '--nosso-numero', '123456789']);
    expect([long.exitCode, long.complaints]).toEqual([1, [expect.stringContaining('nossoNumero ')]]);
  });

  test('a Pix key gives a static BR Code whose txid is the nosso número', async () => {
    const { printed, written } = await runWith(['boleto', ...ITAU, ...TERMS, '--pix-key', '+5511999998888']);

    const line = printed.find((each) => each.startsWith('Pix copia e cola'));
    expect(parseBrCode(line?.split(/ {2,}/)[1] ?? '')).toMatchObject({
      ok: true,
      key: '+5511999998888',
      name: 'Beneficiario de Exemplo L',
      amount: 1050n,
      txid: '109000000016',
    });
    const without = await runWith(['boleto', ...ITAU, ...TERMS]);
    expect(without.printed.join('\n')).not.toContain('Pix');
    expect(written.get('boleto.pdf')).not.toEqual(without.written.get('boleto.pdf'));
  });

  test('a Pix that no BR Code can hold is refused with one line per field', async () => {
    const pix = { key: '529.982.247-25', merchantName: 'A'.repeat(26), merchantCity: '😀' };
    const fields = { agencia: '0057', conta: '12345', carteira: '109' };
    const request = { bank: '341', fields, amount: '1.00', due: '2026-12-31', pix };
    const { exitCode, complaints } = await runWith(['boleto'], { input: JSON.stringify(request) });
    expect([exitCode, complaints.map((line) => line.split(' ')[0])]).toEqual([
      1,
      ['pix.key', 'pix.merchantName', 'pix.merchantCity'],
    ]);
  });

  test('a request full of faults is refused with one line per fault, and nothing is written', async () => {
    const account = ['--bank', '001', '--field', 'agencia=12345', '--field', 'carteira=17'];
    const terms = ['--amount', '1.234,56', '--due', '2026-02-30', '--seu-numero', 'x'];
    const payer = ['--payer-document', '5.29E+10'];
    const { exitCode, complaints, written } = await runWith(['boleto', ...account, ...terms, ...payer]);
    expect(exitCode).toBe(1);
    expect(complaints).toEqual([
      'fields.agencia must be 1 to 4 digits',
      'fields.conta is required by this bank',
      'fields.convenio is required by this bank',
      'amount must be reais such as 10.50',
      'due must be a date such as 2026-12-31',
      'seuNumero must be 1 to 7 digits',
      'payer.document must be a CPF or a CNPJ (scientific-notation)',
    ]);
    expect(written.size).toBe(0);
  });

  test.each([
    [['--bank', '999', ...TERMS], 'bank must be one of 001'],
    [[...ITAU, '--amount', '0', '--due', '2026-12-31'], 'amount must be from R$ 0,01 to R$ 99.999.999,99'],
    [[...ITAU, '--amount', '100000000', '--due', '2026-12-31'], 'amount must be from'],
    [[...ITAU, '--amount', '1', '--due', '2042-01-01'], 'due must be from 2000-07-03 to 2041-12-12'],
    [[...ITAU, ...TERMS, '--sequence', '0'], 'sequence must be from 1 to 99999999'],
    [[...ITAU, ...TERMS, '--sequence', '100000000'], 'sequence must be from 1 to 99999999'],
    [[...ITAU, ...TERMS, '--issued', 'today'], 'issued must be a date'],
  ])('%j is refused: %s', async (args, complaint) => {
    const { exitCode, complaints } = await runWith(['boleto', ...args]);
    expect([exitCode, complaints]).toEqual([1, [expect.stringContaining(complaint)]]);
  });

  test.each<[string, readonly string[], string | undefined]>([
    ['an empty command line', [], undefined],
    ['an empty standard input', [], ' '],
    ['text that is not JSON', [], '{'],
    ['JSON of another shape', [], '{"bank": 341}'],
    ['JSON that is not an object', ['--out', 'x.pdf'], 'null'],
    ['an unknown option', ['--banco', '341'], undefined],
    ['an unknown field', ['--bank', '341', '--field', 'agência=1', ...TERMS], undefined],
    ['a field without value', ['--bank', '341', '--field', 'agencia', ...TERMS], undefined],
    ['no amount', [...ITAU, '--due', '2026-12-31'], undefined],
  ])('%s is a usage error, and the usage is printed', async (_, args, input) => {
    const { exitCode, complaints, written } = await runWith(['boleto', ...args], input === undefined ? {} : { input });
    expect([exitCode, written.size]).toEqual([2, 0]);
    expect(complaints.join('\n')).toContain('npm run boleto -- --bank 341');
  });
});

describe('a linha digitável', () => {
  test.each([
    [[LINHA]],
    [LINHA.split(' ')],
    [[LINHA.replaceAll(/\D/g, '')]],
    [['34191167700000010501090000000160057123457000']],
  ])('the linha digitável %j is explained field by field', async (args) => {
    const { exitCode, printed } = await runWith(['boleto', 'parse', ...args]);
    expect(exitCode).toBe(0);
    expect(printed).toEqual([
      `Linha digitável: ${LINHA}`,
      '',
      'Campo 1  34191.09008     banco 341 (Itaú), moeda 9 (real), campo livre 10900, dígito verificador 8 (módulo 10)',
      'Campo 2  00000.160051    campo livre 0000016005, dígito verificador 1 (módulo 10)',
      'Campo 3  71234.570001    campo livre 7123457000, dígito verificador 1 (módulo 10)',
      'Campo 4  1               dígito verificador geral (módulo 11 do código de barras)',
      'Campo 5  16770000001050  fator 1677: vencimento 31/12/2026; valor 0000001050: R$ 10,50',
      '',
      'Banco             341 (Itaú)',
      'Valor             R$ 10,50',
      'Vencimento        31/12/2026',
      'Campo livre       1090000000160057123457000',
      'Código de barras  34191167700000010501090000000160057123457000',
    ]);
  });

  test('a linha digitável is read on the given day', async () => {
    const { printed } = await runWith(['boleto', 'parse', LINHA, '--today', '2002-01-01']);
    expect(printed).toContain('Vencimento        11/05/2002');
  });

  test.each([
    ['34191.19008 00000.160051 71234.570001 1 16770000001050', 'No campo 1, o dígito verificador (dígito 10) é 8'],
    ['34191.19008 00000.160051 71234.570001 1 16770000001050', 'o dígito 6 é 1 e deveria ser 0'],
    ['34191.09008 00000.160051 71234.570001 2 16770000001050', 'geral (dígito 33) é 2, mas os outros dígitos pedem 1'],
    ['34191.09008 00000.160051 71234.570001 1 1677000000105', 'aqui há 46'],
    ['34191.09008 00000.160051 71234.570001 1 1677000000105O', 'O caractere 47 ("O") não é um dígito.'],
    ['84670000001-7 43590024020-9 02405000243-5 84221010811-9', 'conta de arrecadação'],
    ['34192167700000010501090000000160057123457000', 'ou outro dígito do código de barras'],
    ['34181167700000010501090000000160057123457000', 'O dígito 4, a moeda, é 8'],
  ])('the linha digitável %s is refused: %s', async (linha, complaint) => {
    const { exitCode, complaints, printed } = await runWith(['boleto', 'parse', linha]);
    expect([exitCode, printed]).toEqual([1, []]);
    expect(complaints.join('\n')).toContain(complaint);
  });

  test('a linha digitável with a factor outside the window is reported as such', async () => {
    const { complaints } = await runWith(['boleto', 'parse', LINHA, '--today', '2010-08-01']);
    expect(complaints).toEqual([
      'O fator de vencimento 1677 não é de dia algum entre 3000 dias antes e 5500 dias depois de 01/08/2010.',
    ]);
  });

  test.each([[[]], [[LINHA, '--today', 'hoje']]])('the arguments %j are a usage error', async (args) => {
    expect((await runWith(['boleto', 'parse', ...args])).exitCode).toBe(2);
  });
});

test('the usage is printed on request and for an unknown command', async () => {
  expect(await runWith(['boleto', '--help'])).toMatchObject({ exitCode: 0, complaints: [] });
  expect((await runWith(['vectors', '--help'])).printed[0]).toContain('npm run vectors');
  expect((await runWith(['boletos'])).exitCode).toBe(2);
});
