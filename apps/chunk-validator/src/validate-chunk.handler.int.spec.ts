import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withTransaction } from '#database';
import { insertIssuer, waitFor } from '#testing';
import { ANA, CPF, row, rowsOfThree, SWITCHES, ValidatorLab } from './validator-lab.fixture.ts';

describe.each(SWITCHES)('FAST_PATHS=$name', ({ fastPaths }) => {
  let lab: ValidatorLab;

  beforeAll(async () => {
    lab = await ValidatorLab.open({ fastPaths });
  });

  afterAll(async () => {
    await lab.close();
  });

  test('every row is accepted, a duplicate or rejected, and says why', async () => {
    const broker = await lab.validators();
    const given = await lab.batchOf([
      [
        row('A'),
        row('B', { document: CPF[1] }),
        row('A'),
        row('A', { amount: '99.00' }),
        row('', { document: '1' }),
        'x\n',
      ],
    ]);
    await lab.validate(broker, given);
    expect(await lab.results(given.batchId)).toMatchObject({ rows: 6, accepted: 2, duplicate: 1, rejected: 3 });
    const rejections: { line: string; codes: string[]; raw: string }[] = await lab.dataSource.query(
      `select line, raw, array(select p ->> 'code' from jsonb_array_elements(problems) p) as codes
     from rejections where batch_id = $1 order by line`,
      [given.batchId],
    );
    expect(rejections.map(({ line, codes }) => [Number(line), codes])).toEqual([
      [5, ['DEBT_ID_CONFLICT']],
      [6, ['DOCUMENT_INVALID', 'DEBT_ID_MISSING']],
      [7, ['COLUMN_COUNT']],
    ]);
    expect(rejections[0]?.raw).toBe(row('A', { amount: '99.00' }).trimEnd());
  });

  test('one person is one debtor, and each debt keeps the e-mail and the name of its own row', async () => {
    const broker = await lab.validators();
    const { id: issuerId } = await insertIssuer(lab.dataSource);
    const given = await lab.batchOf(
      [[row('A', { email: 'first@example.com' }), row('B', { email: 'second@example.com', name: 'Ana Maria' })]],
      { issuerId },
    );
    await lab.validate(broker, given);
    expect(await lab.count('from debtors where issuer_id = $1', [issuerId])).toBe(1);
    const debts: unknown = await lab.dataSource.query(
      'select debt_id, email, payer_name from debts where issuer_id = $1 order by debt_id',
      [issuerId],
    );
    expect(debts).toEqual([
      { debt_id: 'A', email: 'first@example.com', payer_name: 'Ana' },
      { debt_id: 'B', email: 'second@example.com', payer_name: 'Ana Maria' },
    ]);
  });

  test('concurrent chunks that share every debtor and every debt id neither deadlock nor issue twice', async () => {
    const broker = await lab.validators();
    const { id: issuerId } = await insertIssuer(lab.dataSource);
    const ids = Array.from({ length: 200 }, (_, n) => `S${n.toString()}`);
    const chunks = Array.from({ length: 8 }, (_, n) => rowsOfThree(n % 2 === 0 ? ids : ids.toReversed()));
    const given = await lab.batchOf(chunks, { issuerId });
    await lab.validate(broker, given);
    expect(await lab.results(given.batchId)).toEqual({
      chunks: 8,
      rows: 1_600,
      accepted: 200,
      duplicate: 1_400,
      rejected: 0,
    });
    expect(await lab.count('from debts where issuer_id = $1', [issuerId])).toBe(200);
    expect(broker.deadLetters).toEqual([]);
  });

  test('the people of a part are on record before its debts are: other parts need not wait for those', async () => {
    const broker = await lab.validators();
    const { id: issuerId } = await insertIssuer(lab.dataSource);
    const given = await lab.batchOf([rowsOfThree(['A0', 'A1', 'A2'])], { issuerId });
    const people = async (): Promise<number> => {
      const found: { id: string }[] = await lab.dataSource.query('select id from debtors where issuer_id = $1', [
        issuerId,
      ]);
      return found.length;
    };
    let validated: Promise<void> | undefined;
    await withTransaction(lab.dataSource, async (tx) => {
      await tx.query('lock table debts in share mode'); // no process can insert
      validated = lab.validate(broker, given);
      await waitFor(async () => (await people()) === 3, { describe: 'three people on record' });
      expect(await lab.results(given.batchId)).toMatchObject({ accepted: 0 });
    });
    await validated;
    expect(await lab.results(given.batchId)).toMatchObject({ accepted: 3 });
    expect(await people()).toBe(3);
  });

  test('debts are numbered in the order of their lines and belong to the debtor that their row names', async () => {
    const broker = await lab.validators();
    const ids = ['Z9', 'M9', 'A9', 'Y9', 'B9', 'M9', 'X9']; // unique to this test, so that all are likely new
    const people = [CPF[0], CPF[1], CPF[0], CPF[2], CPF[1], CPF[1], CPF[2]] as const;
    const given = await lab.batchOf([ids.map((id, at) => row(id, { document: people[at] ?? ANA, name: `Ana ${id}` }))]);
    await lab.validate(broker, given);
    const debts: unknown = await lab.dataSource.query(
      `select d.debt_id, r.document, d.payer_name from debts d join debtors r on r.id = d.debtor_id
     where d.batch_id = $1 order by d.id`,
      [given.batchId],
    );
    const stored = [0, 1, 2, 3, 4, 6].map((at) => ({
      debt_id: ids[at],
      document: people[at],
      payer_name: `Ana ${ids[at] ?? ''}`,
    }));
    expect(debts).toEqual(stored);
    expect(await lab.results(given.batchId)).toMatchObject({ accepted: 6, duplicate: 1 });
  });

  test('another issuer may use the same debt ids', async () => {
    const broker = await lab.validators();
    await lab.validate(broker, await lab.batchOf([[row('A')]]));
    const other = await lab.batchOf([[row('A')]]);
    await lab.validate(broker, other);
    expect(await lab.results(other.batchId)).toMatchObject({ accepted: 1 });
  });

  test('a chunk that is announced twice is counted once and passed on once', async () => {
    const broker = await lab.validators();
    const given = await lab.batchOf([[row('A'), row('B')]]);
    await lab.validate(broker, given);
    await lab.validate(broker, given);
    const marker = await lab.batchOf([[row('M')]]);
    await lab.validate(broker, marker);
    expect(await lab.results(given.batchId)).toMatchObject({ chunks: 1, rows: 2, accepted: 2 });
    expect(broker.deadLetters).toEqual([]);
  });

  test('a batch that is only validated stores no debt, and still sees duplicates across its chunks', async () => {
    const broker = await lab.validators();
    const { id: issuerId } = await insertIssuer(lab.dataSource);
    await lab.validate(broker, await lab.batchOf([[row('OLD')]], { issuerId }));
    const given = await lab.batchOf(
      [
        [row('A'), row('OLD')],
        [row('A'), row('A', { amount: '1.00' })],
      ],
      { issuerId, mode: 'validate' },
    );
    await lab.validate(broker, given);
    expect(await lab.results(given.batchId)).toMatchObject({ rows: 4, accepted: 1, duplicate: 2, rejected: 1 });
    expect(await lab.count('from debts where batch_id = $1', [given.batchId])).toBe(0);
  });

  test('under lenient any number is a document and past dates are fine', async () => {
    const broker = await lab.validators();
    const rows = [
      row('A', { document: '9558', due: '2024-01-19', amount: '7811' }),
      row('B', { document: '043-97-2163' }),
    ];
    const lenient = await lab.batchOf([rows], { profile: 'lenient' });
    await lab.validate(broker, lenient);
    expect(await lab.results(lenient.batchId)).toMatchObject({ accepted: 2 });
    const strict = await lab.batchOf([rows]);
    await lab.validate(broker, strict);
    expect(await lab.results(strict.batchId)).toMatchObject({ accepted: 0, rejected: 2 });
  });

  test('a cancelled batch takes no more debts', async () => {
    const broker = await lab.validators();
    const given = await lab.batchOf([[row('A')]]);
    await lab.dataSource.query(`update batches set status = 'cancelled' where id = $1`, [given.batchId]);
    const [chunk] = given.chunks;
    await broker.send('chunk.ready.v1', {
      batchId: given.batchId,
      chunkNo: 0,
      fromLine: chunk?.firstLine ?? 2,
      toLine: null,
    });
    const marker = await lab.batchOf([[row('M')]]);
    await lab.validate(broker, marker);
    expect(await lab.count('from debts where batch_id = $1', [given.batchId])).toBe(0);
  });

  test('a chunk that does not exist is a dead letter, not an endless retry', async () => {
    const broker = await lab.validators();
    const { batchId } = await lab.batchOf([[row('A')]]);
    await broker.send('chunk.ready.v1', { batchId, chunkNo: 99, fromLine: 2, toLine: null });
    await waitFor(() => broker.deadLetters.length === 1, { describe: 'the dead letter' });
    expect(broker.deadLetters[0]).toMatchObject({ queue: 'chunk-validator.chunks', attempts: 1 });
  });
});
