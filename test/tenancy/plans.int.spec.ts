import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { statements } from '#database';
import { databaseWithRoles, type DatabaseWithRoles } from './http-roles.fixture.ts';
import { insertOrganization, seedIssuer, type Seeded } from './organization.fixture.ts';

/** Loading a module of queries registers its statements. */
const MODULES = [
  '../../apps/billing-api/src/batches/batches.queries.ts',
  '../../apps/billing-api/src/batches/csv/batch-csv.queries.ts',
  '../../apps/billing-api/src/boletos/boletos.queries.ts',
  '../../apps/billing-api/src/operations/dead-letters/letter.queries.ts',
];

const BATCHES = 10_000;
const DEBTS = 5_000;

let given: DatabaseWithRoles;
let session: pg.Client;
let mine: Seeded;

/** Two organizations with many batches, and one of these with many debts, boletos and e-mails. */
beforeAll(async () => {
  for (const module of MODULES) await import(module);
  given = await databaseWithRoles();
  const { dataSource } = given.database;
  mine = await seedIssuer(dataSource, await insertOrganization(dataSource, 'first'));
  const other = await seedIssuer(dataSource, await insertOrganization(dataSource, 'second'));
  for (const { ids } of [mine, other]) {
    await dataSource.query(
      `insert into batches (id, issuer_id, file_name, sha256, bytes, storage_key, profile, mode, overrides, reading, status)
       select gen_random_uuid(), issuer_id, file_name, md5(n::text) || md5(n::text), bytes, storage_key, profile, mode,
              overrides, reading, 'received'
       from batches, generate_series(1, $2::int) n where id = $1`,
      [ids['batches'], BATCHES],
    );
    await dataSource.query(
      `insert into debts (issuer_id, debt_id, debtor_id, email, amount_centavos, due_date, batch_id, chunk_no, line)
       select issuer_id, 'M' || n, debtor_id, email, amount_centavos, due_date, batch_id, chunk_no, 1000 + n
       from debts, generate_series(1, $2::int) n where batch_id = $1`,
      [ids['batches'], DEBTS],
    );
    await dataSource.query(
      `insert into boletos (id, issuer_id, debt_id, batch_id, chunk_no, nosso_numero, nosso_numero_impresso,
                            codigo_barras, linha_digitavel, issued_on)
       select gen_random_uuid(), issuer_id, id, batch_id, chunk_no, 1000 + line, line::text,
              lpad(line::text, 44, '0'), lpad(line::text, 47, '0'), '2030-01-01'
       from debts where batch_id = $1 and line > 1000`,
      [ids['batches']],
    );
  }
  await dataSource.query('analyze');
  session = new pg.Client({ connectionString: given.urlOf('billing-api') });
  await session.connect();
});

afterAll(async () => {
  await session.end();
  await given.drop();
});

/** The plan of the statement that has this in its text, for a caller of the first organization. */
async function planOf(part: string, values: Readonly<Record<string, unknown>>): Promise<string> {
  const found = statements.filter(({ text }) => text.includes(part));
  expect(found).toHaveLength(1);
  const [statement] = found;
  const all: Record<string, unknown> = {
    organizationId: mine.organizationId,
    issuerIds: null,
    everywhere: false,
    ...values,
  };
  await session.query('begin');
  await session.query(
    `select set_config('app.organization', $1, true), set_config('app.issuers', 'all', true),
            set_config('app.plane', 'organization', true)`,
    [mine.organizationId],
  );
  const { rows } = await session.query<{ 'QUERY PLAN': string }>(
    `explain ${statement?.text ?? ''}`,
    statement?.names.map((name) => all[name] ?? null),
  );
  await session.query('rollback');
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

test('the newest batches come from the index of their organization, under the policy too', async () => {
  const plan = await planOf('order by b.received_at desc', { limit: 21 });

  expect(plan).toContain('Index Scan using batches_recent');
  expect(plan).not.toContain('Sort');
});

test('a page of results comes from the index of the lines, and is not sorted', async () => {
  const { batches } = mine.ids;
  const values = { batchId: batches, noBoleto: 'dead', chunkNo: -1, line: '0', limit: 2_000 };
  const plan = await planOf('order by d.chunk_no, d.line', values);

  expect(plan).toContain('debts_by_chunk_line');
  expect(plan).not.toMatch(/Seq Scan on (?:debts|boletos) /);
});

test('one boleto comes from its key', async () => {
  const plan = await planOf('d.due_date,\n         coalesce(d.payer_name', { boletoId: mine.ids['boletos'] });

  expect(plan).toContain('boletos_pk');
  expect(plan).not.toMatch(/Seq Scan on (?:debts|boletos) /);
});
