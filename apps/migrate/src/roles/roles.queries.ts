import { QueryFailedError, type DataSource } from 'typeorm';
import { runDdl, sql, type Db, type Tx } from '#database';
import { secretTables, type Grants } from './app-grants.ts';

/** A database role that logs in. */
export interface LoginRole {
  readonly name: string;
  readonly password: string;
}

/** A number that no other advisory lock in this database uses. */
const GRANTS_LOCK = 7_205_991_002;

const DUPLICATE_OBJECT = '42710';
const UNIQUE_VIOLATION = '23505';

const FIND_ROLE = sql.returning({ rolsuper: 'bool' })`select rolsuper from pg_roles where rolname = ${'name'}`;

/** Creates the role if it is missing. An existing role keeps its password; a superuser is refused. */
export async function createRole(dataSource: DataSource, { name, password }: LoginRole): Promise<void> {
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

const LOCK_GRANTS = sql.returning({ locked: 'void' })`select pg_advisory_xact_lock(${'lock'}::bigint) as locked`;

/** Waits for another process that changes the grants of this database, and holds the lock until the commit. */
export async function lockGrants(tx: Tx): Promise<void> {
  await LOCK_GRANTS.run(tx, { lock: GRANTS_LOCK });
}

/** Grants a role exactly what is listed, and revokes everything else in the schema. */
export async function grantExactly(tx: Tx, role: string, grants: Grants): Promise<void> {
  await grantConnection(tx, role);
  for (const kind of ['tables', 'sequences']) {
    await runDdl(tx, `revoke all on all ${kind} in schema public from %I`, role);
  }
  for (const verb of ['select', 'insert', 'delete', 'usage'] as const) {
    const named = Object.entries(grants).flatMap(([name, { [verb]: may }]) => (may === true ? [name] : []));
    const kind = verb === 'usage' ? 'sequence' : 'table';
    if (named.length > 0) await runDdl(tx, `grant ${verb} on ${kind} ${places(named)} to %I`, ...named, role);
  }
  for (const [table, { update = [] }] of Object.entries(grants)) {
    if (update.length > 0) await runDdl(tx, `grant update (${places(update)}) on %I to %I`, ...update, table, role);
  }
}

/** A place of a template for each. */
function places(list: readonly string[]): string {
  return list.map(() => '%I').join(', ');
}

/**
 * Limits of the sessions of an app in this database. An app sets the same for its own statements; these hold for every
 * other session that logs in as its role.
 */
export async function limitSessions(tx: Tx, role: string): Promise<void> {
  const database = await databaseOf(tx);
  for (const setting of ['statement_timeout', 'idle_in_transaction_session_timeout']) {
    await runDdl(tx, `alter role %I in database %I set ${setting} = '60s'`, role, database);
  }
}

const CONNECTION_LIMIT = sql.returning({ rolconnlimit: 'int4' })`
  select rolconnlimit from pg_roles where rolname = ${'name'}`;

/** Limits the connections of a role, those of all its processes together. */
export async function limitConnections(tx: Tx, name: string, connectionsMax: number): Promise<void> {
  const found = await CONNECTION_LIMIT.row(tx, { name });
  // The row of a role belongs to all databases of the server: it is written only to change it.
  if (found?.rolconnlimit === connectionsMax) return;
  await runDdl(tx, `alter role %I connection limit ${connectionsMax.toString()}`, name);
}

/**
 * Grants reading only, for reports and for people, and of no table with secrets. Its sessions are read-only on the
 * server as well.
 */
export async function grantToReaders(tx: Tx, role: string): Promise<void> {
  await grantConnection(tx, role);
  await runDdl(tx, 'grant select on all tables in schema public to %I', role);
  await runDdl(tx, `revoke all on ${places(secretTables)} from %I`, ...secretTables, role);
  // Earlier versions granted the tables of later migrations too.
  await runDdl(tx, 'alter default privileges in schema public revoke all on tables from %I', role);
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
