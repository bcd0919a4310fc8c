import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createLogger } from '#observability';
import { createTestDatabase, insertBatch, insertDebt, insertIssuer, type TestDatabase } from '#testing';
import { migrate } from '../migrate.ts';
import {
  appGrants,
  databaseApps,
  secretTables,
  type DatabaseApp,
  type Grants,
  type TableGrants,
} from './app-grants.ts';

const CONNECTIONS_MAX = 3;

const suffix = (): string => randomUUID().replaceAll('-', '').slice(0, 12);

interface Lab {
  readonly database: TestDatabase;
  readonly migrateAgain: () => Promise<void>;
  readonly nameOf: (app: DatabaseApp) => string;
  /** A session of the role of an app. */
  readonly connectAs: (app: DatabaseApp | 'reader') => Promise<pg.Client>;
}

/** A migrated database whose apps have roles of their own. */
async function withRoles(): Promise<Lab> {
  const database = await createTestDatabase();
  const id = suffix();
  const nameOf = (app: DatabaseApp | 'reader'): string => `t_${id}_${app.replaceAll('-', '_')}`;
  const password = suffix();
  const options = {
    dataSource: database.dataSource,
    logger: createLogger({ service: 'migrate', version: '0', level: 'error' }),
    signal: new AbortController().signal,
    seedDemoIssuer: false,
    roles: {
      apps: databaseApps.map((app) => ({ app, name: nameOf(app), password })),
      reader: { name: nameOf('reader'), password },
    },
    roleConnectionsMax: CONNECTIONS_MAX,
  };
  // Twice, because it runs at every start.
  for (let run = 0; run < 2; run += 1) await migrate(options);
  const clients: pg.Client[] = [];
  onTestFinished(async () => {
    await Promise.all(clients.map((client) => client.end()));
    for (const app of [...databaseApps, 'reader'] as const) {
      await database.dataSource.query(`drop owned by ${nameOf(app)}; drop role ${nameOf(app)}`);
    }
    await database.drop();
  });
  return {
    database,
    nameOf,
    migrateAgain: async () => {
      await migrate(options);
    },
    connectAs: async (app) => {
      const { href } = Object.assign(new URL(database.url), { username: nameOf(app), password });
      const client = new pg.Client({ connectionString: href });
      clients.push(client);
      await client.connect();
      return client;
    },
  };
}

/** Reads from the catalogue which grants a role has in the schema. */
async function grantedTo({ dataSource }: TestDatabase, role: string): Promise<Grants> {
  const rows: { table: string; verb: string; columns: string[] | null }[] = await dataSource.query(
    `select c.relname as "table", lower(g.privilege_type) as verb, null as columns
     from pg_class c, aclexplode(c.relacl) g
     where c.relnamespace = 'public'::regnamespace and g.grantee = $1::regrole
     union all
     select c.relname, lower(g.privilege_type), array_agg(a.attname::text order by a.attname::text)
     from pg_class c join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) g
     where c.relnamespace = 'public'::regnamespace and g.grantee = $1::regrole
     group by 1, 2`,
    [role],
  );
  const granted: Record<string, TableGrants> = {};
  for (const { table, verb, columns } of rows) granted[table] = { ...granted[table], [verb]: columns ?? true };
  return granted;
}

test('each role has its grants and no other, also after it was given more', async () => {
  const { database, nameOf, migrateAgain } = await withRoles();
  for (const app of databaseApps) expect(await grantedTo(database, nameOf(app))).toEqual(appGrants[app]);

  const role = nameOf('notifier');
  await database.dataSource.query(`grant all on debts, outbox to ${role}; grant update (status) on batches to ${role}`);
  await migrateAgain();
  expect(await grantedTo(database, role)).toEqual(appGrants.notifier);
});

test('no role is a superuser, runs a program, removes a trigger, a table or a debt (F4)', async () => {
  const { database, connectAs } = await withRoles();
  const { id: issuerId } = await insertIssuer(database.dataSource);
  await insertDebt(database.dataSource, { issuerId });

  for (const app of databaseApps) {
    const session = await connectAs(app);
    const { rows } = await session.query(
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
              (select count(*)::int from pg_class where relowner = r.oid) as owned
       from pg_roles r where rolname = current_user`,
    );
    expect(rows).toEqual([
      { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false, owned: 0 },
    ]);
    for (const statement of [
      `create temp table t (line text); copy t from program 'id'`,
      `select pg_read_file('/etc/passwd')`,
      'drop trigger debts_are_kept on debts',
      'alter table debts disable trigger all',
      `set session_replication_role = 'replica'`,
      'truncate debts cascade',
      'delete from debts',
      'delete from debtors',
      'delete from boletos',
      'delete from batches',
      'update boletos set codigo_barras = codigo_barras',
      'drop table outbox',
      'create table public.mine (n int)',
      `insert into schema_migrations (timestamp, name) values (1, 'x')`,
    ]) {
      const refusal: unknown = await session.query(statement).catch((error: unknown) => error);
      expect([app, statement, refusal]).toEqual([app, statement, expect.objectContaining({ code: '42501' })]);
    }
  }
  expect(await database.dataSource.query('select count(*)::int as n from debts')).toEqual([{ n: 1 }]);
});

test('nothing that is kept may be deleted, whatever the table of grants says', () => {
  const kept = ['issuers', 'bank_accounts', 'batches', 'chunks', 'debtors', 'debts', 'boletos', 'audit_events'];
  for (const app of databaseApps) {
    const grants: Grants = appGrants[app];
    expect([app, kept.filter((table) => grants[table]?.delete === true)]).toEqual([app, []]);
  }
});

test('a role has limits of its own, for sessions that set none', async () => {
  const { connectAs } = await withRoles();
  const sessions = [await connectAs('upload-api'), await connectAs('upload-api')];
  const { rows } = await (
    await connectAs('upload-api')
  ).query(
    `select current_setting('statement_timeout') as statement,
            current_setting('idle_in_transaction_session_timeout') as idle`,
  );
  expect(rows).toEqual([{ statement: '1min', idle: '1min' }]);
  expect(sessions).toHaveLength(CONNECTIONS_MAX - 1);
  await expect(connectAs('upload-api')).rejects.toMatchObject({ code: '53300' });
});

test('the role of reports reads no table that has a secret', async () => {
  const { database, connectAs } = await withRoles();
  const reader = await connectAs('reader');
  const rows: { table: string }[] = await database.dataSource.query(
    `select distinct table_name::text as "table" from information_schema.columns
     where table_schema = 'public' and column_name ~ '(^|_)(hash|secret|password|token|totp)' order by 1`,
  );
  expect(rows.length).toBeGreaterThan(0);
  for (const { table } of rows) {
    expect(secretTables).toContain(table);
    await expect(reader.query(`select from ${table}`)).rejects.toMatchObject({ code: '42501' });
  }
});

test('the role of reports can read, and writes nothing', async () => {
  const { database, connectAs } = await withRoles();
  const reader = await connectAs('reader');
  const { id } = await insertBatch(database.dataSource);

  expect((await reader.query('select id from batches')).rows).toEqual([{ id }]);
  await expect(reader.query('delete from outbox')).rejects.toMatchObject({ code: '25006' });
  await reader.query('set default_transaction_read_only = off');
  await expect(reader.query('delete from outbox')).rejects.toMatchObject({ code: '42501' });
  await expect(reader.query(`update batches set file_name = 'x'`)).rejects.toMatchObject({ code: '42501' });
});
