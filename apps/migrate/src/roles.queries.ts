import { QueryFailedError, type DataSource, type EntityManager } from 'typeorm';

/** The database role of an app. */
export interface AppRole {
  readonly name: string;
  readonly password: string;
}

const DUPLICATE_OBJECT = '42710';
const UNIQUE_VIOLATION = '23505';

/** Formats a DDL statement. DDL takes no parameters, so PostgreSQL itself quotes the values. */
async function formatted(db: Pick<EntityManager, 'query'>, template: string, ...values: readonly string[]) {
  const places = values.map((_, at) => `$${(at + 1).toString()}::text`).join(', ');
  const rows: { sql: string }[] = await db.query(`select format('${template}', ${places}) as sql`, [...values]);
  return rows[0]?.sql ?? '';
}

/** Creates the role if it is missing. An existing role keeps its password; a superuser is refused. */
export async function createRole(dataSource: DataSource, { name, password }: AppRole): Promise<void> {
  const found: { rolsuper: boolean }[] = await dataSource.query('select rolsuper from pg_roles where rolname = $1', [
    name,
  ]);
  if (found[0]?.rolsuper === true) throw new Error(`the role ${name} is a superuser: no app may connect as one`);
  if (found.length > 0) return;
  const attributes = 'login nosuperuser nocreatedb nocreaterole noreplication nobypassrls';
  const sql = await formatted(dataSource, `create role %I ${attributes} password %L`, name, password);
  try {
    await dataSource.query(sql);
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
export async function grantToApps(tx: EntityManager, role: string): Promise<void> {
  await grantConnection(tx, role);
  for (const template of [
    'grant select, insert, update, delete on all tables in schema public to %I',
    'grant usage on all sequences in schema public to %I',
    'alter default privileges in schema public grant select, insert, update, delete on tables to %I',
    'alter default privileges in schema public grant usage on sequences to %I',
    `revoke delete on ${KEPT.join(', ')} from %I`,
    'revoke insert, update, delete on schema_migrations from %I',
  ]) {
    await tx.query(await formatted(tx, template, role));
  }
}

/** Grants reading only, for the app that only reads. Its sessions are read-only on the server as well. */
export async function grantToReaders(tx: EntityManager, role: string): Promise<void> {
  await grantConnection(tx, role);
  await tx.query(await formatted(tx, 'grant select on all tables in schema public to %I', role));
  await tx.query(await formatted(tx, 'alter default privileges in schema public grant select on tables to %I', role));
  await tx.query(
    await formatted(
      tx,
      'alter role %I in database %I set default_transaction_read_only = on',
      role,
      await databaseOf(tx),
    ),
  );
}

async function grantConnection(tx: EntityManager, role: string): Promise<void> {
  await tx.query(await formatted(tx, 'grant connect on database %I to %I', await databaseOf(tx), role));
  await tx.query(await formatted(tx, 'grant usage on schema public to %I', role));
  await tx.query('revoke create on schema public from public');
}

async function databaseOf(tx: EntityManager): Promise<string> {
  const rows: { name: string }[] = await tx.query('select current_database() as name');
  return rows[0]?.name ?? '';
}
