import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_ORGANIZATION } from '#access';
import { rowPolicies } from '../../apps/migrate/src/roles/app-policies.ts';
import { databaseWithRoles, type DatabaseWithRoles } from './http-roles.fixture.ts';
import { insertOrganization, seedIssuer, type Seeded } from './organization.fixture.ts';

let given: DatabaseWithRoles;
let seeded: Seeded;
/** The role of billing-api, which is granted everything here: policies alone are in its way. */
let session: pg.Client;
let tables: readonly string[];

beforeAll(async () => {
  given = await databaseWithRoles();
  const { dataSource } = given.database;
  seeded = await seedIssuer(dataSource, await insertOrganization(dataSource, 'first'));
  await dataSource.query(`grant all on all tables in schema public to ${given.roleOf('billing-api')}`);
  session = new pg.Client({ connectionString: given.urlOf('billing-api') });
  await session.connect();
  const rows: { name: string }[] = await dataSource.query(
    `select relname as name from pg_class where relrowsecurity and relnamespace = 'public'::regnamespace`,
  );
  tables = rows.map(({ name }) => name).filter((name) => rowPolicies[name]?.of === undefined);
});

afterAll(async () => {
  await session.end();
  await given.drop();
});

async function countOf(client: Pick<pg.Client, 'query'>, table: string): Promise<number> {
  const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from ${table}`);
  return rows[0]?.n ?? -1;
}

/** Runs `work` in a transaction with these settings. */
async function withSettings<T>(settings: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  await session.query('begin');
  try {
    for (const [name, value] of Object.entries(settings)) {
      await session.query('select set_config($1, $2, true)', [name, value]);
    }
    return await work();
  } finally {
    await session.query('rollback');
  }
}

const everything = () => ({
  'app.organization': seeded.organizationId,
  'app.issuers': 'all',
  'app.plane': 'organization',
});

describe('without a caller', () => {
  test('no row of any table is seen, and rows of most are there', async () => {
    const owner = new pg.Client({ connectionString: given.database.url });
    await owner.connect();
    const seen: string[] = [];
    let filled = 0;
    for (const table of tables) {
      if ((await countOf(session, table)) !== 0) seen.push(table);
      if ((await countOf(owner, table)) > 0) filled += 1;
    }
    await owner.end();

    expect(seen).toEqual([]);
    expect(filled).toBeGreaterThanOrEqual(14);
  });

  test('no row of any table can be written', async () => {
    const written: string[] = [];
    for (const table of tables) {
      // A row that is there already, or one of nulls: the policy refuses before a key or a constraint does.
      const [row]: { row: unknown }[] = await given.database.dataSource.query(
        `select to_jsonb(t) as row from ${table} t limit 1`,
      );
      const refusal: unknown = await session
        .query(`insert into ${table} overriding system value select (jsonb_populate_record(null::${table}, $1)).*`, [
          row?.row ?? {},
        ])
        .catch((error: unknown) => error);
      const isPolicy = refusal instanceof Error && refusal.message.includes('row-level security policy');
      if (!isPolicy) written.push(`${table}: ${String(refusal)}`);
    }

    expect(written).toEqual([]);
  });
});

test.each(['app.organization', 'app.issuers'] as const)('without %s nothing is seen', async (missing) => {
  const settings = everything();
  expect(await withSettings(settings, () => countOf(session, 'batches'))).toBe(1);

  const rest = Object.fromEntries(Object.entries(settings).filter(([name]) => name !== missing));
  expect(await withSettings(rest, () => countOf(session, 'batches'))).toBe(0);
});

test('an organization sees its own rows, and the platform all', async () => {
  const other = { ...everything(), 'app.organization': DEFAULT_ORGANIZATION };
  for (const table of ['issuers', 'batches', 'debts', 'boletos', 'notifications', 'dead_letters', 'export_parts']) {
    expect([table, await withSettings(everything(), () => countOf(session, table))]).toEqual([table, 1]);
    expect([table, await withSettings(other, () => countOf(session, table))]).toEqual([table, 0]);
    const platform = { ...other, 'app.plane': 'platform' };
    expect([table, await withSettings(platform, () => countOf(session, table))]).toEqual([table, 1]);
  }
});

test('a setting is gone with its transaction', async () => {
  await withSettings(everything(), () => countOf(session, 'batches'));

  expect(await countOf(session, 'batches')).toBe(0);
});
