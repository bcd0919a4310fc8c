import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { claimPart } from '#batches';
import { withTransaction } from '#database';
import { createStorage } from '#storage';
import {
  insertBatch,
  insertBoleto,
  insertChunk,
  insertDebt,
  insertDebtor,
  insertIssuer,
  insertNotification,
  insertRejection,
  testDatabase,
  type TestDatabase,
} from '#testing';
import { BlankRound, blankStep } from './blank.ts';
import { purge, type Retention } from './purge.ts';

/** Nothing but what a test asks for. */
const NEVER: Retention = {
  INBOX_RETENTION_DAYS: 36_500,
  DEAD_LETTER_RETENTION_DAYS: 36_500,
  UPLOAD_RETENTION_DAYS: 0,
  ORPHAN_RETENTION_DAYS: 0,
  REJECTION_RETENTION_DAYS: 0,
  RECIPIENT_RETENTION_DAYS: 0,
  DEBTOR_RETENTION_DAYS: 0,
  EXPORT_RETENTION_DAYS: 0,
};

async function storageOfTest() {
  const folder = await mkdtemp(join(tmpdir(), 'blank-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return await createStorage({ url: pathToFileURL(folder).href });
}

/** Two rows a transaction: every test has more. */
async function run({ dataSource }: TestDatabase, days: Partial<Retention>) {
  const limits = { signal: new AbortController().signal, batchMax: 2 };
  return await purge(dataSource, await storageOfTest(), { ...NEVER, ...days }, limits);
}

async function endedBatch({ dataSource }: TestDatabase, daysAgo: number, issuerId: string): Promise<string> {
  const { id } = await insertBatch(dataSource, {
    issuerId,
    status: 'cancelled',
    receivedAt: new Date(Date.now() - daysAgo * 86_400_000),
  });
  await insertChunk(dataSource, { batchId: id, rows: 5 });
  return id;
}

async function openLetter({ dataSource }: TestDatabase, batchId: string): Promise<void> {
  await dataSource.query(
    `insert into dead_letters (queue, body, headers, reason, fingerprint, batch_id)
     values ('notifier.chunks', '{}', '{}', 'no luck', '0123456789abcdef', $1)`,
    [batchId],
  );
}

test('what rejected rows held is blanked, the rows and their codes stay (F19)', async () => {
  const database = await testDatabase();
  const { id: issuerId } = await insertIssuer(database.dataSource);
  const batches = await Promise.all([91, 92, 89].map(async (days) => await endedBatch(database, days, issuerId)));
  const needed = await endedBatch(database, 99, issuerId);
  await openLetter(database, needed);
  for (const batchId of [...batches, needed]) {
    for (const line of [2n, 3n, 4n]) await insertRejection(database.dataSource, { batchId, line });
  }

  expect(await run(database, { REJECTION_RETENTION_DAYS: 90 })).toMatchObject({ rejections: 6, recipients: 0 });
  expect(await run(database, { REJECTION_RETENTION_DAYS: 90 })).toMatchObject({ rejections: 0 });

  const rows: object[] = await database.dataSource.query(
    `select batch_id as "batchId", count(*)::int as rows, bool_and(raw = '') as "isBlank",
            bool_and(problems -> 0 ->> 'value' is null) as "hasNoValue", min(problems -> 0 ->> 'code') as code
     from rejections group by batch_id`,
  );
  const expected = [...batches, needed].map((batchId, at) => {
    const isBlank = at < 2;
    return { batchId, rows: 3, isBlank, hasNoValue: isBlank, code: 'EMAIL_INVALID' };
  });
  expect(rows).toEqual(expect.arrayContaining(expected));
});

test('recipients are blanked, and what became of the e-mails is counted as before', async () => {
  const database = await testDatabase();
  const { id: issuerId } = await insertIssuer(database.dataSource);
  const batchId = await endedBatch(database, 181, issuerId);
  for (const line of [2n, 3n, 4n]) {
    const boleto = await insertBoleto(
      database.dataSource,
      await insertDebt(database.dataSource, { issuerId, batchId, line }),
    );
    await insertNotification(database.dataSource, { boletoId: boleto.id, batchId, status: 'sent' });
  }

  expect(await run(database, { RECIPIENT_RETENTION_DAYS: 180 })).toMatchObject({ recipients: 3 });

  expect(await database.dataSource.query('select distinct recipient, status from notifications')).toEqual([
    { recipient: '', status: 'sent' },
  ]);
  expect(
    await database.dataSource.query(
      'select sum(sent)::int as sent, sum(failed)::int as failed from notification_results',
    ),
  ).toEqual([{ sent: 3, failed: 0 }]);
});

test('debtors are blanked unless a younger batch names them; amounts, ids and boletos stay', async () => {
  const database = await testDatabase();
  const db = database.dataSource;
  const { id: issuerId } = await insertIssuer(db);
  const old = await endedBatch(database, 4_000, issuerId);
  const young = await endedBatch(database, 10, issuerId);
  const gone = await Promise.all(
    [1, 2, 3].map(async () => await insertDebtor(db, { issuerId, address: { city: 'X' } })),
  );
  const stays = await insertDebtor(db, { issuerId });
  for (const [at, { id: debtorId }] of [...gone, stays].entries()) {
    await insertDebt(db, { issuerId, batchId: old, debtorId, line: BigInt(at + 2) });
  }
  await insertDebt(db, { issuerId, batchId: young, debtorId: stays.id, line: 2n });
  const sums = async () => await db.query('select count(*)::int as debts, sum(amount_centavos) as centavos from debts');
  const before: unknown = await sums();

  expect(await run(database, { DEBTOR_RETENTION_DAYS: 3_653 })).toMatchObject({ debtors: 4 + 3 });
  expect(await run(database, { DEBTOR_RETENTION_DAYS: 3_653 })).toMatchObject({ debtors: 0 });

  expect(await sums()).toEqual(before);
  const debtors: { document: string; name: string; address: object | null }[] = await db.query(
    'select document, name, address from debtors order by id',
  );
  expect(debtors.filter(({ name }) => name !== 'Titular removido').map(({ document }) => document)).toEqual([
    stays.document,
  ]);
  for (const { document, address } of debtors.filter(({ name }) => name === 'Titular removido')) {
    expect(document).toMatch(/^Z[0-9A-F]{1,12}Z$/);
    expect(address).toBeNull();
  }
  expect(await db.query('select distinct email, payer_name from debts where batch_id = $1', [old])).toEqual([
    { email: 'removido@invalid', payer_name: null },
  ]);
  const kept: { email: string }[] = await db.query('select email from debts where batch_id = $1', [young]);
  expect(kept.map(({ email }) => email)).not.toContain('removido@invalid');
});

test('while a part of another batch is in hand no debtor is blanked, because it may be about to name one', async () => {
  const database = await testDatabase();
  const db = database.dataSource;
  const { id: issuerId } = await insertIssuer(db);
  const old = await endedBatch(database, 4_000, issuerId);
  const debtor = await insertDebtor(db, { issuerId });
  await insertDebt(db, { issuerId, batchId: old, debtorId: debtor.id });
  const open = await openBatch(database, issuerId);

  await withTransaction(db, async (tx) => {
    const part = { batchId: open, chunkNo: 0, fromLine: 2, toLine: null };
    expect(await claimPart(tx, 'validate', part)).toBe(true);
    // It has looked for the debtor, and now stores a debt of this one.
    await insertDebt(tx, { issuerId, batchId: open, debtorId: debtor.id });
    expect(await run(database, { DEBTOR_RETENTION_DAYS: 3_653 })).toMatchObject({ debtors: 1 });
  });
  expect(await run(database, { DEBTOR_RETENTION_DAYS: 3_653 })).toMatchObject({ debtors: 0 });
  expect(await db.query('select document from debtors')).toEqual([{ document: debtor.document }]);
  expect(await db.query('select email from debts where batch_id = $1', [old])).toEqual([{ email: 'removido@invalid' }]);
});

/** A batch that is being processed, of one chunk. */
async function openBatch({ dataSource }: TestDatabase, issuerId: string): Promise<string> {
  const { id } = await insertBatch(dataSource, {
    issuerId,
    status: 'processing',
    rowsRead: 5n,
    chunksTotal: 1,
    splitAt: new Date(),
  });
  await insertChunk(dataSource, { batchId: id, rows: 5 });
  return id;
}

test('an issuer that has a part in hand keeps no other issuer from its turn', async () => {
  const database = await testDatabase();
  const db = database.dataSource;
  const busy = await insertIssuer(db);
  const others = await Promise.all([1, 2].map(async () => await insertIssuer(db)));
  for (const [at, { id: issuerId }] of [busy, ...others].entries()) {
    // The oldest batch is the one that cannot be done.
    const batchId = await endedBatch(database, 4_000 - at, issuerId);
    await insertDebt(db, { issuerId, batchId });
  }
  const open = await openBatch(database, busy.id);

  await withTransaction(db, async (tx) => {
    expect(await claimPart(tx, 'validate', { batchId: open, chunkNo: 0, fromLine: 2, toLine: null })).toBe(true);
    await run(database, { DEBTOR_RETENTION_DAYS: 3_653 });
  });

  const blanked: { issuer_id: string }[] = await db.query(
    `select issuer_id from debtors where name = 'Titular removido' order by issuer_id`,
  );
  expect(blanked.map((row) => row.issuer_id)).toEqual(others.map(({ id }) => id).toSorted());
  expect(await run(database, { DEBTOR_RETENTION_DAYS: 3_653 })).toMatchObject({ debtors: 1 });
});

test('while an upload of its issuer is being committed no debtor is blanked, because it may be about to name one', async () => {
  const database = await testDatabase();
  const db = database.dataSource;
  const { id: issuerId } = await insertIssuer(db);
  const old = await endedBatch(database, 4_000, issuerId);
  await insertDebt(db, { issuerId, batchId: old });

  await withTransaction(db, async (tx) => {
    await insertBatch(tx, { issuerId });
    await run(database, { DEBTOR_RETENTION_DAYS: 3_653 });
    expect(await db.query('select distinct name from debtors')).not.toEqual([{ name: 'Titular removido' }]);
  });

  await run(database, { DEBTOR_RETENTION_DAYS: 3_653 });
  expect(await db.query('select distinct name from debtors')).toEqual([{ name: 'Titular removido' }]);
});

test('a batch that was replayed between two pages is walked again from its beginning', async () => {
  const database = await testDatabase();
  const db = database.dataSource;
  const { id: issuerId } = await insertIssuer(db);
  const batchId = await endedBatch(database, 91, issuerId);
  for (const line of [3n, 4n, 5n]) await insertRejection(db, { batchId, line });
  const round = new BlankRound();
  const step = async () => await blankStep(db, 'rejections', { days: 90, limit: 2 }, round);
  expect(await step()).toEqual({ steps: 1, rows: 2 });

  await db.query(`update batches set status = 'processing' where id = $1`, [batchId]);
  await insertRejection(db, { batchId, line: 2n });
  await db.query(`update batches set status = 'cancelled' where id = $1`, [batchId]);

  expect(await step()).toEqual({ steps: 1, rows: 1 });
  expect(await step()).toEqual({ steps: 1, rows: 1 });
  expect(await step()).toEqual({ steps: 1, rows: 0 });
  expect(await step()).toEqual({ steps: 0, rows: 0 });
  expect(await db.query(`select 1 from rejections where raw <> ''`)).toEqual([]);
});

test.each(['rejections', 'recipients', 'debtors'] as const)(
  'a page of %s reads its own rows and none that an earlier page blanked',
  async (what) => {
    const database = await testDatabase();
    const db = database.dataSource;
    const { id: issuerId } = await insertIssuer(db);
    const batchId = await endedBatch(database, 4_000, issuerId);
    for (const line of [2n, 3n, 4n, 5n]) {
      await insertRejection(db, { batchId, line });
      const debt = await insertDebt(db, { issuerId, batchId, line });
      const boleto = await insertBoleto(db, debt);
      await insertNotification(db, { boletoId: boleto.id, batchId, status: 'sent' });
    }
    const round = new BlankRound();
    const step = async () => await blankStep(db, what, { days: 90, limit: 2 }, round);
    expect(await step()).toMatchObject({ rows: 2 });
    // Were the first page read again, it would be blanked again.
    await db.query(`update rejections set raw = 'x' where line = 2`);
    await db.query(
      `update notifications set recipient = 'x' where boleto_id = (select b.id from boletos b join debts d on d.id = b.debt_id where d.line = 2)`,
    );
    await db.query(`update debts set email = 'x' where line = 2`);
    expect(await step()).toMatchObject({ rows: 2 });
    const left: object[] = await db.query(
      `select (select count(*)::int from rejections where raw <> '') as rejections,
              (select count(*)::int from notifications where recipient <> '') as recipients,
              (select count(*)::int from debts where email <> 'removido@invalid') as debtors`,
    );
    expect(left).toMatchObject([{ [what]: 1 }]);
  },
);

test('an export goes with its file, and asking again makes a new one', async () => {
  const database = await testDatabase();
  const db = database.dataSource;
  const storage = await storageOfTest();
  const { id: batchId } = await insertBatch(db);
  const keys = await Promise.all(
    [31, 32, 29].map(async (days, at) => {
      const key = `exports/${randomUUID()}.zip`;
      await storage.put(key, Readable.from([Buffer.from('a file')]));
      const { id } = at === 0 ? { id: batchId } : await insertBatch(db);
      // The second was outdated by a replay, and its file was not removed then.
      await db.query(
        `insert into exports (id, batch_id, format, status, storage_key, bytes, completed_at, failure)
         values (gen_random_uuid(), $1, 'pdf-zip', case when $4 then 'failed' else 'completed' end, $2, 6,
                 now() - make_interval(days => $3), case when $4 then '{"code": "EXPORT_OUTDATED"}'::jsonb end)`,
        [id, key, days, at === 1],
      );
      return key;
    }),
  );
  const limits = { signal: new AbortController().signal, batchMax: 2 };

  expect(await purge(db, storage, { ...NEVER, EXPORT_RETENTION_DAYS: 30 }, limits)).toMatchObject({ exports: 2 });

  expect(await Promise.all(keys.map(async (key) => await storage.size(key)))).toEqual([undefined, undefined, 6]);
  await db.query(
    `insert into exports (id, batch_id, format, status) values (gen_random_uuid(), $1, 'pdf-zip', 'requested')`,
    [batchId],
  );
});

test('nothing is blanked for ever where the number of days is 0', async () => {
  const database = await testDatabase();
  const { id: issuerId } = await insertIssuer(database.dataSource);
  const batchId = await endedBatch(database, 9_999, issuerId);
  await insertRejection(database.dataSource, { batchId });

  expect(await run(database, {})).toMatchObject({ rejections: 0, recipients: 0, debtors: 0, exports: 0 });
});
