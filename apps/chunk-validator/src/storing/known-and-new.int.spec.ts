import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { parseIsoDate } from '#calendar';
import { withTransaction } from '#database';
import { centavos } from '#money';
import { insertDebt, insertDebtor, insertIssuer } from '#testing';
import { RANGE_IDS_MAX } from '../likely-new/debtor-ranges.ts';
import { RecentKeys } from '../likely-new/recent-keys.ts';
import { GoodRowsWriter } from '../reading/row-sets.ts';
import { ANA, CPF, row, SWITCHES, ValidatorLab } from '../validator-lab.fixture.ts';
import { insertDebts } from './debt.queries.ts';

describe.each(SWITCHES)('FAST_PATHS=$name', ({ fastPaths }) => {
  let lab: ValidatorLab;

  beforeAll(async () => {
    lab = await ValidatorLab.open({ fastPaths });
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

  test.each([
    [true, RANGE_IDS_MAX],
    [false, RANGE_IDS_MAX],
    [false, 1],
  ])(
    'a debt is never given to a debtor who is not the one of its row (likely new: %s, ids of a range: %i)',
    async (likelyNew, rangeIdsMax) => {
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
      const writer = new GoodRowsWriter({ debtIds: new RecentKeys(8), documents: new RecentKeys(8) });
      writer.begin(issuerId, likelyNew);
      writer.add(good, good.line);
      const sets = writer.finish(() => good);
      const wrong = withTransaction(
        lab.dataSource,
        async (tx) =>
          await insertDebts(tx, { issuerId, batchId, chunkNo: 0 }, likelyNew ? sets.likelyNew : sets.maybeKnown, {
            debtorIds: Float64Array.of(Number(somebodyElse)),
            likelyNew,
            rangeIdsMax,
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
    // With fast paths people and debts were taken for new ones, and both were refused; without, nothing is refused.
    const refusals = refused.mock.calls.length;
    expect(fastPaths ? refusals >= 2 : refusals === 0).toBe(true);
  });

  test('a person in a known row and in a new one gets the name in the first line', async () => {
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

  test('a debtor whose data was erased is inserted again when a later file names the person', async () => {
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
});
