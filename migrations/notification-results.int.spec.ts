import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, insertBatch, insertBoleto, type TestDatabase, type Writer } from '#testing';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
});

interface Counts {
  readonly sent: number;
  readonly failed: number;
}

async function summed(db: Writer, batchIds: readonly string[]): Promise<readonly Counts[]> {
  return await db.query(
    `select coalesce(sum(r.sent), 0)::int as sent, coalesce(sum(r.failed), 0)::int as failed
       from unnest($1::uuid[]) with ordinality b (id, place)
       left join notification_results r on r.batch_id = b.id
      group by b.place
      order by b.place`,
    [batchIds],
  );
}

async function counted(db: Writer, batchIds: readonly string[]): Promise<readonly Counts[]> {
  return await db.query(
    `select count(n.*) filter (where n.status = 'sent')::int as sent,
            count(n.*) filter (where n.status = 'failed')::int as failed
       from unnest($1::uuid[]) with ordinality b (id, place)
       left join notifications n on n.batch_id = b.id
      group by b.place
      order by b.place`,
    [batchIds],
  );
}

/** Statements that change the notifications of the boletos in $1, whatever their state. */
const STATEMENTS = {
  insert: `insert into notifications (boleto_id, kind, batch_id, recipient, status)
           select id, 'boleto_issued', batch_id, 'a@example.com', 'pending' from boletos where id = any($1::uuid[])
           on conflict do nothing`,
  insertFailed: `insert into notifications (boleto_id, kind, batch_id, recipient, status, last_error)
                 select id, 'boleto_issued', batch_id, 'a@example.com', 'failed', '{}' from boletos where id = any($1::uuid[])
                 on conflict (boleto_id, kind) do update set status = 'failed', last_error = '{}'
                 where notifications.status = 'pending'`,
  send: `update notifications set status = 'sent' where boleto_id = any($1::uuid[]) and status = 'pending'`,
  touch: `update notifications set updated_at = now() where boleto_id = any($1::uuid[])`,
  revive: `update notifications set status = 'pending' where boleto_id = any($1::uuid[]) and status = 'failed'`,
  remove: `delete from notifications where boleto_id = any($1::uuid[])`,
} as const;

const steps = fc.array(
  fc.record({
    statement: fc.constantFrom(...Object.values(STATEMENTS)),
    boletos: fc.uniqueArray(fc.nat(5), { minLength: 1 }),
    rollsBack: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

test('the sums equal the counts after any statements, committed or rolled back', async () => {
  const db = database.dataSource;
  const boletoIds: string[] = [];
  const batchIds: string[] = [];
  for (let batch = 0; batch < 2; batch += 1) {
    const { batchId } = await insertBoleto(db);
    batchIds.push(batchId);
    await db.query(
      `insert into debts (issuer_id, debt_id, debtor_id, email, amount_centavos, due_date, batch_id, chunk_no, line)
       select issuer_id, debt_id || n, debtor_id, email, 100, due_date, batch_id, chunk_no, line + n
         from debts, generate_series(1, 2) n
        where batch_id = $1`,
      [batchId],
    );
    await db.query(
      `insert into boletos (id, issuer_id, debt_id, batch_id, chunk_no, nosso_numero, nosso_numero_impresso,
                            codigo_barras, linha_digitavel, issued_on)
       select gen_random_uuid(), d.issuer_id, d.id, d.batch_id, d.chunk_no, 1000 + d.line, 'x',
              repeat('1', 44), repeat('1', 47), '2030-01-01'
         from debts d
         left join boletos b on b.debt_id = d.id
        where d.batch_id = $1 and b.id is null`,
      [batchId],
    );
    const rows: { id: string }[] = await db.query('select id from boletos where batch_id = $1', [batchId]);
    boletoIds.push(...rows.map(({ id }) => id));
  }
  expect(boletoIds).toHaveLength(6);

  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      for (const { statement, boletos, rollsBack } of history) {
        const runner = db.createQueryRunner();
        try {
          await runner.startTransaction();
          await runner.query(statement, [boletos.map((at) => boletoIds[at])]);
          await (rollsBack ? runner.rollbackTransaction() : runner.commitTransaction());
        } finally {
          await runner.release();
        }
        expect(await summed(db, batchIds)).toEqual(await counted(db, batchIds));
      }
    }),
    { numRuns: 30 },
  );
});

test('a statement that changes no outcome leaves nothing to sum', async () => {
  const db = database.dataSource;
  const { id: batchId } = await insertBatch(db);
  await db.query(`update notifications set updated_at = now()`);
  expect(await db.query('select 1 from notification_results where batch_id = $1', [batchId])).toEqual([]);
});
