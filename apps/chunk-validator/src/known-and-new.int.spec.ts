import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { parseIsoDate } from '#calendar';
import { withTransaction } from '#database';
import { centavos } from '#money';
import { insertDebt, insertDebtor, insertIssuer } from '#testing';
import { insertDebts } from './debt.queries.ts';
import { GoodRowsWriter } from './good-rows.ts';
import { RecentTexts } from './recent-texts.ts';
import { ANA, CPF, row, ValidatorLab } from './validator-lab.fixture.ts';

let lab: ValidatorLab;

beforeAll(async () => {
  lab = await ValidatorLab.open();
});

afterEach(() => {
  vi.restoreAllMocks();
});

afterAll(async () => {
  await lab.close();
});

test('a debt that another file brought is a duplicate, with other terms a conflict', async () => {
  const broker = await lab.validators();
  const { id: issuerId } = await insertIssuer(lab.dataSource);
  await lab.validate(broker, await lab.batchOf([[row('A'), row('B')]], { issuerId }));
  const second = await lab.batchOf([[row('A'), row('B', { due: '2035-02-01' }), row('C')]], { issuerId });
  await lab.validate(broker, second);
  expect(await lab.results(second.batchId)).toMatchObject({ rows: 3, accepted: 1, duplicate: 1, rejected: 1 });
});

test.each(['failed', 'cancelled', 'completed_with_rejections'])(
  'a debt that a %s batch left without a boleto is accepted when it is sent again',
  async (status) => {
    const broker = await lab.validators();
    const { id: issuerId } = await insertIssuer(lab.dataSource);
    const first = await lab.batchOf([[row('A'), row('B')]], { issuerId });
    await lab.validate(broker, first);
    await lab.dataSource.query(
      `update batches set status = $2, completed_at = now(), failure = case when $2 = 'failed' then '{}'::jsonb end where id = $1`,
      [first.batchId, status],
    );
    const again = await lab.batchOf(
      [[row('A', { email: 'new@example.com' }), row('A'), row('B', { amount: '11.00' })]],
      {
        issuerId,
      },
    );
    await lab.validate(broker, again);
    expect(await lab.results(again.batchId)).toMatchObject({ accepted: 1, duplicate: 1, rejected: 1 });
    expect(
      await lab.count(`from debts where batch_id = $1 and email = 'new@example.com' and line = 2`, [again.batchId]),
    ).toBe(1);
  },
);

test('a debt that was left without a boleto is accepted although a row with other terms comes before it', async () => {
  const broker = await lab.validators();
  const { id: issuerId } = await insertIssuer(lab.dataSource);
  const first = await lab.batchOf([[row('A')]], { issuerId });
  await lab.validate(broker, first);
  await lab.dataSource.query(`update batches set status = 'cancelled' where id = $1`, [first.batchId]);
  const again = await lab.batchOf([[row('A', { amount: '11.00' }), row('A')]], { issuerId });
  await lab.validate(broker, again);
  expect(await lab.results(again.batchId)).toMatchObject({ accepted: 1, duplicate: 0, rejected: 1 });
});

test.each([true, false])(
  'a debt is never given to a debtor who is not the one of its row (all new: %s)',
  async (allNew) => {
    const { id: issuerId } = await insertIssuer(lab.dataSource);
    const { batchId } = await lab.batchOf([[row('A')]], { issuerId });
    const { id: somebodyElse } = await insertDebtor(lab.dataSource, { issuerId, document: '11222333000181' });
    const dueDate = parseIsoDate('2035-01-31');
    if (dueDate === undefined) throw new Error('no date');
    const good = {
      line: 2,
      name: 'Ana',
      document: '52998224725',
      documentKind: 'cpf',
      email: 'ana@example.com',
      amount: centavos(1_050n),
      dueDate,
      debtId: 'A',
      address: undefined,
    } as const;
    const writer = new GoodRowsWriter({ debtIds: new RecentTexts(8), documents: new RecentTexts(8) });
    writer.begin(issuerId, allNew);
    writer.add(good, good.line);
    const { fresh, others } = writer.finish(() => good);
    const wrong = withTransaction(
      lab.dataSource,
      async (tx) =>
        await insertDebts(tx, { issuerId, batchId, chunkNo: 0 }, allNew ? fresh : others, {
          debtorIds: Float64Array.of(Number(somebodyElse)),
          allNew,
        }),
    );
    await expect(wrong).rejects.toMatchObject({ driverError: { code: '23502', column: 'debtor_id' } });
  },
);

test('a part of which some rows are on record, unknown to the process, is stored once and counted once', async () => {
  const broker = await lab.validators();
  const { id: issuerId } = await insertIssuer(lab.dataSource);
  const { id: debtorId } = await insertDebtor(lab.dataSource, { issuerId, document: CPF[1] });
  for (const debtId of ['K1', 'K2']) {
    await insertDebt(lab.dataSource, {
      issuerId,
      debtorId,
      debtId,
      amountCentavos: 1_050n,
      dueDate: '2035-01-31',
    });
  }
  const refused = vi.spyOn(lab.dataSource.logger, 'logQueryError');
  const given = await lab.batchOf(
    [
      [row('A'), row('K2', { document: CPF[1] }), 'x\n', row('B', { document: CPF[2] }), row('A')],
      [row('C', { document: CPF[2] }), row('K1'), row('B', { document: CPF[2] })],
    ],
    { issuerId },
  );
  await lab.validate(broker, given);
  expect(await lab.results(given.batchId)).toEqual({ chunks: 2, rows: 8, accepted: 3, duplicate: 3, rejected: 2 });
  expect(await lab.count('from rejections where batch_id = $1', [given.batchId])).toBe(2);
  expect(await lab.count('from debts where issuer_id = $1', [issuerId])).toBe(5);
  expect(await lab.count('from debtors where issuer_id = $1', [issuerId])).toBe(3);
  expect(broker.deadLetters).toEqual([]);
  // It was presumed that all is new, people as well as debts, and each was refused.
  expect(refused.mock.calls.length).toBeGreaterThanOrEqual(2);
});

test('who is named by a row that came before and by a new one is called what the first line says', async () => {
  const broker = await lab.validators();
  const { id: issuerId } = await insertIssuer(lab.dataSource);
  await lab.validate(broker, await lab.batchOf([[row('A')]], { issuerId }));
  const given = await lab.batchOf(
    [[row('A', { document: CPF[1], name: 'First' }), row('B', { document: CPF[1], name: 'Second' })]],
    { issuerId },
  );
  await lab.validate(broker, given);
  expect(await lab.results(given.batchId)).toMatchObject({ accepted: 1, rejected: 1 });
  expect(
    await lab.count(`from debtors where issuer_id = $1 and document = $2 and name = 'First'`, [issuerId, CPF[1]]),
  ).toBe(1);
});

test('a debt of a batch that still runs is a duplicate, boleto or not', async () => {
  const broker = await lab.validators();
  const { id: issuerId } = await insertIssuer(lab.dataSource);
  await lab.validate(broker, await lab.batchOf([[row('A')]], { issuerId }));
  const again = await lab.batchOf([[row('A')]], { issuerId });
  await lab.validate(broker, again);
  expect(await lab.results(again.batchId)).toMatchObject({ accepted: 0, duplicate: 1 });
});

test('a debtor who was blanked since the process met them is another one when they are named again', async () => {
  const broker = await lab.validators();
  const { id: issuerId } = await insertIssuer(lab.dataSource);
  await lab.validate(broker, await lab.batchOf([[row('A')]], { issuerId }));
  await lab.dataSource.query(
    `update debtors set name = 'Titular removido', document = 'Z' || id || 'Z' where issuer_id = $1`,
    [issuerId],
  );
  const again = await lab.batchOf([[row('B')]], { issuerId });
  await lab.validate(broker, again);
  expect(
    await lab.count(`from debts d join debtors p on p.id = d.debtor_id where d.batch_id = $1 and p.document = $2`, [
      again.batchId,
      ANA,
    ]),
  ).toBe(1);
});
