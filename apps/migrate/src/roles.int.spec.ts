import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createLogger } from '#observability';
import { createTestDatabase, insertBatch, insertDebt, insertIssuer, type TestDatabase } from '#testing';
import { migrate } from './migrate.ts';

const suffix = (): string => randomUUID().replaceAll('-', '').slice(0, 12);

/** A migrated database whose apps have roles of their own. */
async function withRoles(): Promise<{ database: TestDatabase; app: pg.Client; reader: pg.Client }> {
  const database = await createTestDatabase();
  const [app, reader] = [`app_${suffix()}`, `reader_${suffix()}`].map((name) => ({ name, password: suffix() }));
  if (app === undefined || reader === undefined) throw new Error('two roles');
  const logger = createLogger({ service: 'migrate', version: '0', level: 'error' });
  const options = { dataSource: database.dataSource, logger, signal: new AbortController().signal };
  // Twice, because it runs at every start.
  for (let run = 0; run < 2; run += 1) await migrate({ ...options, seedDemoIssuer: false, roles: { app, reader } });
  const clients = [app, reader].map(({ name, password }) => {
    const url = Object.assign(new URL(database.url), { username: name, password });
    return new pg.Client({ connectionString: url.href });
  });
  const [appClient, readerClient] = clients;
  if (appClient === undefined || readerClient === undefined) throw new Error('two clients');
  await Promise.all(clients.map((client) => client.connect()));
  onTestFinished(async () => {
    await Promise.all(clients.map((client) => client.end()));
    for (const { name } of [app, reader]) await database.dataSource.query(`drop owned by ${name}`);
    const names = [app.name, reader.name];
    for (const name of names) await database.dataSource.query(`drop role ${name}`);
    await database.drop();
  });
  return { database, app: appClient, reader: readerClient };
}

test("the apps' role is no superuser, runs no program and drops no trigger or debt (F4)", async () => {
  const { database, app } = await withRoles();
  const { id: issuerId } = await insertIssuer(database.dataSource);
  await insertDebt(database.dataSource, { issuerId });

  const { rows } = await app.query(
    `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
            (select count(*)::int from pg_class where relowner = r.oid) as owned
     from pg_roles r where rolname = current_user`,
  );
  expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false, owned: 0 }]);
  for (const statement of [
    `create temp table t (line text); copy t from program 'id'`,
    `select pg_read_file('/etc/passwd')`,
    'drop trigger debts_are_kept on debts',
    'alter table debts disable trigger all',
    `set session_replication_role = 'replica'`,
    'truncate debts cascade',
    'delete from debts',
    'drop table outbox',
    'create table public.mine (n int)',
    `insert into schema_migrations (timestamp, name) values (1, 'x')`,
  ]) {
    const refusal: unknown = await app.query(statement).catch((error: unknown) => error);
    expect([statement, refusal]).toEqual([statement, expect.objectContaining({ code: '42501' })]);
  }
  expect((await app.query('select count(*)::int as n from debts')).rows).toEqual([{ n: 1 }]);
});

test("the apps' role may change rows as the apps do, even in tables of later migrations", async () => {
  const { database, app } = await withRoles();
  const { id } = await insertBatch(database.dataSource);

  await app.query(`insert into outbox (name, body) values ('chunk.ready.v1', '{}')`);
  await app.query('delete from outbox');
  await app.query('select 1 from batches where id = $1 for update', [id]);
  await database.dataSource.query('create table later (id bigint generated always as identity, n int)');
  await app.query('insert into later (n) values (1)');
});

test('the role of billing-api can read, and writes nothing', async () => {
  const { database, reader } = await withRoles();
  const { id } = await insertBatch(database.dataSource);

  expect((await reader.query('select id from batches')).rows).toEqual([{ id }]);
  await expect(reader.query('delete from outbox')).rejects.toMatchObject({ code: '25006' });
  await reader.query('set default_transaction_read_only = off');
  await expect(reader.query('delete from outbox')).rejects.toMatchObject({ code: '42501' });
  await expect(reader.query(`update batches set file_name = 'x'`)).rejects.toMatchObject({ code: '42501' });
});
