import { QueryFailedError, type DataSource } from 'typeorm';
import { runDdl, sql, type Db, type Tx } from '#database';

/** The database role of an app. */
export interface AppRole {
  readonly name: string;
  readonly password: string;
}

const DUPLICATE_OBJECT = '42710';
const UNIQUE_VIOLATION = '23505';

const FIND_ROLE = sql.returning({ rolsuper: 'bool' })`select rolsuper from pg_roles where rolname = ${'name'}`;

/** Creates the role if it is missing. An existing role keeps its password; a superuser is refused. */
export async function createRole(dataSource: DataSource, { name, password }: AppRole): Promise<void> {
  const found = await FIND_ROLE.row(dataSource, { name });
  if (found?.rolsuper === true) throw new Error(`the role ${name} is a superuser: no app may connect as one`);
  if (found !== undefined) return;
  const attributes = 'login nosuperuser nocreatedb nocreaterole noreplication nobypassrls';
  try {
    await runDdl(dataSource, `create role %I ${attributes} password %L`, name, password);
  } catch (error) {
    // A migration of another database on this server was faster.
    if (!(error instanceof QueryFailedError) || !isThere(error.driverError)) throw error;
  }
}

function isThere(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === DUPLICATE_OBJECT || code === UNIQUE_VIOLATION;
}

/**
 * Tables from which no app deletes rows. Triggers stop the owner of the tables; the missing privilege stops every other
 * role.
 */
const KEPT = ['issuers', 'bank_accounts', 'chunks', 'debtors', 'debts', 'boletos', 'batches'];

/**
 * Grants everything that the apps do to rows, and nothing that would change tables, not even truncate. The default
 * privileges cover tables of later migrations, because an app may read one before this has run again.
 */
export async function grantToApps(tx: Tx, role: string): Promise<void> {
  await grantConnection(tx, role);
  for (const template of [
    'grant select, insert, update, delete on all tables in schema public to %I',
    'grant usage on all sequences in schema public to %I',
    'alter default privileges in schema public grant select, insert, update, delete on tables to %I',
    'alter default privileges in schema public grant usage on sequences to %I',
    `revoke delete on ${KEPT.join(', ')} from %I`,
    'revoke insert, update, delete on schema_migrations from %I',
  ]) {
    await runDdl(tx, template, role);
  }
}

/** Grants reading only, for the app that only reads. Its sessions are read-only on the server as well. */
export async function grantToReaders(tx: Tx, role: string): Promise<void> {
  await grantConnection(tx, role);
  await runDdl(tx, 'grant select on all tables in schema public to %I', role);
  await runDdl(tx, 'alter default privileges in schema public grant select on tables to %I', role);
  await runDdl(tx, 'alter role %I in database %I set default_transaction_read_only = on', role, await databaseOf(tx));
}

async function grantConnection(tx: Tx, role: string): Promise<void> {
  await runDdl(tx, 'grant connect on database %I to %I', await databaseOf(tx), role);
  await runDdl(tx, 'grant usage on schema public to %I', role);
  await runDdl(tx, 'revoke create on schema public from public');
}

const CURRENT_DATABASE = sql.returning({ name: 'name' })`select current_database() as name`;

async function databaseOf(db: Db): Promise<string> {
  const row = await CURRENT_DATABASE.row(db);
  return row?.name ?? '';
}
