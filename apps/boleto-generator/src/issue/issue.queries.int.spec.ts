import { expect, test } from 'vitest';
import type { BankAccount } from '#boleto';
import { parseIsoDate } from '#calendar';
import { withTransaction } from '#database';
import { insertBatch, insertIssuer, testDatabase } from '#testing';
import { insertDebts } from '../debts.fixture.ts';
import { composeBoletos } from './compose-boletos.ts';
import { findDebts, findIssuing, insertBoletos, type DebtsToIssue } from './issue.queries.ts';
import { uuidsV7 } from './uuid-v7.ts';

async function partWithDebts(count: number) {
  const { dataSource } = await testDatabase();
  const { id: issuerId } = await insertIssuer(dataSource);
  const { id: batchId } = await insertBatch(dataSource, { issuerId, status: 'processing' });
  const [part] = await insertDebts(dataSource, { issuerId, batchId }, [count]);
  if (part === undefined) throw new Error('one part was asked for');
  const issuing = await findIssuing(dataSource.manager, batchId);
  const debts = await findDebts(dataSource.manager, part);
  const issuedOn = parseIsoDate('2026-11-21');
  if (issuing === undefined || issuedOn === undefined) throw new Error('there are debts');
  const { account } = issuing;
  const insert = async (composedFor: DebtsToIssue): Promise<void> => {
    await withTransaction(dataSource, async (tx) => {
      await insertBoletos(tx, { part, issuedOn }, composeFor(account, composedFor));
    });
  };
  return { debts, insert, dataSource };
}

function composeFor(account: BankAccount, debts: DebtsToIssue) {
  return composeBoletos(account, debts, 5n, uuidsV7(debts.count, Date.UTC(2026, 10, 21))).boletos;
}

test('boletos are numbered by their places and stored with their debts', async () => {
  const { debts, insert, dataSource } = await partWithDebts(3);
  await insert(debts);
  const rows: object[] = await dataSource.query(
    `select d.line, b.nosso_numero, right(b.nosso_numero_impresso, 3) as printed, substr(b.codigo_barras, 10, 10) as amount
     from boletos b
     join debts d on d.id = b.debt_id
     order by d.line`,
  );
  expect(rows).toEqual([
    { line: '2', nosso_numero: '5', printed: '005', amount: '0000001002' },
    { line: '3', nosso_numero: '6', printed: '006', amount: '0000001003' },
    { line: '4', nosso_numero: '7', printed: '007', amount: '0000001004' },
  ]);
});

test("boletos whose debts differ from the part's in number or order are refused", async () => {
  const { debts, insert, dataSource } = await partWithDebts(3);
  const digestOf = async (ids: string): Promise<string> => {
    const [row]: { digest: string }[] = await dataSource.query(
      `select hash_array_extended(array_agg(id order by ${ids}), 0) as digest from debts`,
    );
    return row?.digest ?? '';
  };
  const refused = { driverError: { code: '23502' } };
  expect(await digestOf('line')).toBe(debts.digest);
  await expect(insert({ ...debts, digest: await digestOf('line desc') })).rejects.toMatchObject(refused);

  const [dueDay = 0] = debts.dueDays;
  const oneMore = {
    count: 4,
    amounts: Float64Array.of(...debts.amounts, 1),
    dueDays: Int32Array.of(...debts.dueDays, dueDay),
  };
  await expect(insert({ ...debts, ...oneMore })).rejects.toMatchObject(refused);

  const oneLess = { count: 2, amounts: debts.amounts.subarray(1), dueDays: debts.dueDays.subarray(1) };
  await expect(insert({ ...debts, ...oneLess })).rejects.toMatchObject(refused);
});

test('a part without debts gets no boletos', async () => {
  const { dataSource } = await testDatabase();
  const { id: batchId } = await insertBatch(dataSource, { status: 'processing' });
  expect(await findDebts(dataSource.manager, { batchId, chunkNo: 0, fromLine: 2, toLine: null })).toMatchObject({
    count: 0,
  });
});
