import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { composeBoleto, type BankAccount } from '#boleto';
import { createPrinter } from '#boleto-page';
import { parseIsoDate } from '#calendar';
import { centavos } from '#money';
import { parseBrCode } from '#pix';
import {
  insertBatch,
  insertBoleto,
  insertChunk,
  insertDebt,
  insertDebtor,
  insertIssuer,
  testDatabase,
  type TestDatabase,
} from '#testing';
import { loadBoletoDocuments } from './boleto-documents.queries.ts';

const ADDRESS = { street: 'Rua das Flores, 1', city: 'Recife', state: 'PE', postalCode: '50000000' };

async function insertChunkOf({ dataSource: db }: TestDatabase, over: Parameters<typeof insertIssuer>[1] = {}) {
  const issuer = await insertIssuer(db, over);
  const { id: batchId } = await insertBatch(db, { issuerId: issuer.id });
  await insertChunk(db, { batchId, chunkNo: 0 });
  await insertChunk(db, { batchId, chunkNo: 1, firstLine: 12n });
  const account = { ...issuer.account, bankCode: issuer.bankCode } as BankAccount;
  const insertAt = async (line: bigint, chunkNo: number) => {
    const { id: debtorId } = await insertDebtor(db, {
      issuerId: issuer.id,
      name: `Devedor ${line.toString()}`,
      address: line === 2n ? ADDRESS : null,
    });
    const debt = await insertDebt(db, {
      issuerId: issuer.id,
      batchId,
      chunkNo,
      debtorId,
      line,
      debtId: `F-${line.toString()}`,
    });
    const dueDate = parseIsoDate(debt.dueDate);
    if (dueDate === undefined) throw new Error('the builder gives a date');
    const composed = composeBoleto(account, { sequence: line, amount: centavos(debt.amountCentavos), dueDate });
    const { codigoBarras, linhaDigitavel, nossoNumeroImpresso } = composed;
    const numbers = { nossoNumero: line, codigoBarras, linhaDigitavel, nossoNumeroImpresso };
    return { debt, composed, boleto: await insertBoleto(db, debt, numbers) };
  };
  return { issuer, batchId, insertAt };
}

test("a chunk's boletos are loaded in line order, complete for printing and mailing", async () => {
  const database = await testDatabase();
  const { issuer, batchId, insertAt } = await insertChunkOf(database);
  const third = await insertAt(3n, 0);
  const second = await insertAt(2n, 0);
  await insertAt(12n, 1);

  const loaded = await loadBoletoDocuments(database.dataSource, { batchId, chunkNo: 0 });

  expect(loaded.map(({ boletoId, line }) => [boletoId, line])).toEqual([
    [second.boleto.id, 2],
    [third.boleto.id, 3],
  ]);
  expect(loaded[0]).toEqual({
    boletoId: second.boleto.id,
    debtId: 'F-2',
    email: second.debt.email,
    line: 2,
    document: {
      issuer: { name: issuer.name, document: issuer.document, address: issuer.address },
      payer: { name: 'Devedor 2', document: expect.stringMatching(/^\d{11}$/), address: ADDRESS },
      composed: second.composed,
      debtId: 'F-2',
      amount: 12_345n,
      dueDate: '2030-01-31',
      issuedOn: '2030-01-01',
      especie: 'DM',
      aceite: 'N',
      instructions: [],
    },
  });
  expect(loaded[1]?.document.payer.address).toBeUndefined();
});

test('the instructions are those of the bank and of the issuer, and the fees in dates and R$', async () => {
  const database = await testDatabase();
  const { batchId, insertAt } = await insertChunkOf(database, {
    bankCode: '341',
    account: { agencia: '0057', conta: '12345', contaDv: '7', carteira: '109' },
    instructions: ['Dúvidas: fale com o financeiro.'],
    fees: {
      multa: { percent: '2.00' },
      juros: { percentPerMonth: '1.00' },
      desconto: { amount: '3.45', daysBefore: 10 },
    },
  });
  await insertAt(2n, 0);

  const [loaded] = await loadBoletoDocuments(database.dataSource, { batchId, chunkNo: 0 });

  expect(loaded?.document.instructions).toEqual([
    '(TODAS AS INFORMAÇÕES DESTE BOLETO SÃO DE EXCLUSIVA RESPONSABILIDADE DO BENEFICIÁRIO)',
    'Dúvidas: fale com o financeiro.',
    'Após 31/01/2030 cobrar multa de R$ 2,46.',
    'Após 31/01/2030 cobrar juros de R$ 0,04 por dia de atraso.',
    'Até 21/01/2030 conceder desconto de R$ 3,45.',
  ]);
});

/** An account at Banco do Brasil, whose nosso número begins with the convênio. */
const ACCOUNT = {
  agencia: '1234',
  agenciaDv: '3',
  conta: '12345678',
  contaDv: '9',
  carteira: '17',
  variacao: '019',
};

/** A logo of one pixel. */
const LOGO = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

test("the issuer's additions are loaded: logo, sacador, and a Pix QR for each boleto", async () => {
  const database = await testDatabase();
  const { batchId, insertAt } = await insertChunkOf(database, {
    pix: { key: 'financeiro@example.com', merchantName: 'Mensalidades Exemplo', merchantCity: 'Sao Paulo' },
    logo: LOGO,
    sacador: { name: 'Escola Exemplo', document: '52998224725' },
    account: { ...ACCOUNT, convenio: '1234567' },
  });
  await insertAt(2n, 0);
  await insertAt(3n, 0);

  const [first, second] = (await loadBoletoDocuments(database.dataSource, { batchId, chunkNo: 0 })).map(
    ({ document }) => document,
  );

  expect(first?.sacador).toEqual({ name: 'Escola Exemplo', document: '52998224725' });
  expect(first?.issuer.logo).toEqual(LOGO);
  expect(first?.issuer.logo).toBe(second?.issuer.logo);
  expect(first?.pix?.settlesBoleto).toBe(false);
  expect(parseBrCode(first?.pix?.copiaECola ?? '')).toMatchObject({
    key: 'financeiro@example.com',
    amount: 12_345n,
    txid: '12345670000000002',
  });
  expect(parseBrCode(second?.pix?.copiaECola ?? '')).toMatchObject({ txid: '12345670000000003' });
  if (first === undefined) throw new Error('nothing was loaded');
  expect(Buffer.from(createPrinter().print(first)).toString('latin1')).toContain('/Subtype /Image');
});

test('a boleto keeps the terms that it was issued with, and shows the present name of its issuer', async () => {
  const database = await testDatabase();
  const first = {
    fees: { multa: { percent: '2.00' } },
    instructions: ['Dúvidas: fale com o financeiro.'],
    sacador: { name: 'Escola Exemplo', document: '52998224725' },
  };
  const { issuer, batchId, insertAt } = await insertChunkOf(database, first);
  const update = async (columns: string): Promise<unknown> =>
    await database.dataSource.query(`update issuers set ${columns} where id = $1`, [issuer.id]);
  await insertAt(2n, 0);
  await update(`fees = '{"multa":{"percent":"1.00"}}', especie = 'DS'`);
  await insertAt(3n, 0);
  await update(`name = 'Nome Novo'`);
  await update(`fees = '{}', sacador = null, instructions = '[]'`);
  await insertAt(4n, 0);

  const loaded = await loadBoletoDocuments(database.dataSource, { batchId, chunkNo: 0 });

  const [help] = first.instructions;
  expect(loaded.map(({ document }) => [document.especie, document.instructions, document.sacador])).toEqual([
    ['DM', [help, 'Após 31/01/2030 cobrar multa de R$ 2,46.'], first.sacador],
    ['DS', [help, 'Após 31/01/2030 cobrar multa de R$ 1,23.'], first.sacador],
    ['DS', [], undefined],
  ]);
  expect(new Set(loaded.map(({ document }) => document.issuer.name))).toEqual(new Set(['Nome Novo']));
  expect(await database.dataSource.query('select count(*)::int from issuer_terms')).toEqual([{ count: 2 }]);
});

test('a part of a chunk has the boletos of its lines, first and last included', async () => {
  const database = await testDatabase();
  const { batchId, insertAt } = await insertChunkOf(database);
  for (const line of [2n, 3n, 4n, 5n]) await insertAt(line, 0);
  const linesOf = async (fromLine: number, toLine: number | null) => {
    const loaded = await loadBoletoDocuments(database.dataSource, { batchId, chunkNo: 0, fromLine, toLine });
    return loaded.map(({ line }) => line);
  };

  expect(await linesOf(3, 4)).toEqual([3, 4]);
  expect(await linesOf(4, null)).toEqual([4, 5]);
  expect(await linesOf(6, null)).toEqual([]);
});

test('boletos are found by id in any batch, and unknown ids are left out', async () => {
  const database = await testDatabase();
  const one = await (await insertChunkOf(database)).insertAt(5n, 0);
  const other = await (await insertChunkOf(database)).insertAt(4n, 1);

  const boletoIds = [one.boleto.id, randomUUID(), other.boleto.id];
  const loaded = await loadBoletoDocuments(database.dataSource, { boletoIds });

  expect(loaded.map(({ boletoId }) => boletoId)).toEqual([other.boleto.id, one.boleto.id]);
  expect(await loadBoletoDocuments(database.dataSource, { boletoIds: [] })).toEqual([]);
});

test.each(['codigo_barras', 'linha_digitavel', 'nosso_numero_impresso'])(
  'a stored %s that differs from the facts is an impossible state',
  async (column) => {
    const database = await testDatabase();
    const { batchId, insertAt } = await insertChunkOf(database);
    await insertAt(2n, 0);
    const digits = column === 'codigo_barras' ? 44 : 47;
    await database.dataSource.query(`update boletos set ${column} = repeat('1', ${digits.toString()})`);
    await expect(loadBoletoDocuments(database.dataSource, { batchId, chunkNo: 0 })).rejects.toThrow(
      'is not the one that its issuer',
    );
  },
);
