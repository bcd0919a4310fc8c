import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { withTransaction } from '#database';
import { createTestDatabase, type TestDatabase } from '#testing';
import { appGrants, databaseApps, httpApps, type Grants } from '../../apps/migrate/src/roles/app-grants.ts';
import { limitRows } from '../../apps/migrate/src/roles/policies.queries.ts';
import { appNames } from '../../scripts/lib/system/system.mjs';
import { queryFiles } from '../sql/sql-tags.ts';
import { neededGrants, type Sessions } from './needed-grants.ts';
import { reachedStatements, statementsIn, type Reached } from './reached-statements.ts';
import { firedBy, readTriggers, tablesNamed, triggerStatements } from './triggers.ts';

const suffix = randomUUID().slice(0, 8);
/** The rows that the role of an API sees are limited by policies, which read tables themselves. */
const roles = { api: `grants_api_${suffix}`, worker: `grants_worker_${suffix}` };

let testDatabase: TestDatabase;
let sessions: Sessions;
let apiSessions: Sessions;
let reached: ReadonlyMap<string, Reached>;
/** The texts of the statements of each file of queries, in their order. */
const texts = new Map<string, readonly string[]>();

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const owner = new pg.Client({ connectionString: testDatabase.url });
  await owner.connect();
  await owner.query('set synchronous_commit = off');
  [sessions, apiSessions] = [await sessionsOf(owner, roles.worker), await sessionsOf(owner, roles.api)];
  await withTransaction(testDatabase.dataSource, async (tx) => {
    await limitRows(tx, [roles.api]);
  });
  for (const file of queryFiles()) texts.set(file, await loadTexts(file));
  reached = reachedStatements(databaseApps);
}, 300_000);

afterAll(async () => {
  await Promise.all([sessions.role.end(), apiSessions.role.end()]);
  for (const role of Object.values(roles)) await sessions.owner.query(`drop owned by ${role}; drop role ${role}`);
  await sessions.owner.end();
  await testDatabase.drop();
});

async function sessionsOf(owner: pg.Client, name: string): Promise<Sessions> {
  await owner.query(`create role ${name}; grant usage on schema public to ${name}`);
  const role = new pg.Client({ connectionString: testDatabase.url });
  await role.connect();
  await role.query(`set role ${name}`);
  return { owner, role, name };
}

/** Loads a file with a registry of its own. What the file imports is registered before it. */
async function loadTexts(file: string): Promise<readonly string[]> {
  vi.resetModules();
  const { statements } = await import('#database');
  await import(pathToFileURL(new URL(`../../${file}`, import.meta.url).pathname).href);
  const count = statementsIn(file);
  return statements.slice(statements.length - count).map(({ text }) => text);
}

function textsOf(app: string): readonly string[] {
  const { places, texts: others } = reached.get(app) ?? { places: new Map<string, ReadonlySet<number>>(), texts: [] };
  const own = [...places].flatMap(([file, chosen]) => (texts.get(file) ?? []).filter((_, at) => chosen.has(at)));
  return [...own, ...others];
}

/** The grants for the statements, and for what their triggers do. */
async function neededWithTriggers(own: Sessions, statements: readonly string[]): Promise<Grants> {
  const triggers = await readTriggers(own.owner);
  let fired: ReadonlySet<string> = new Set();
  for (;;) {
    const needed = await neededGrants(own, [
      ...statements,
      ...[...fired].flatMap((name) => triggerStatements[name] ?? []),
    ]);
    const more = firedBy(triggers, needed);
    if (more.size === fired.size) return needed;
    fired = more;
  }
}

test('every app that connects to the database has its grants', () => {
  expect(databaseApps.toSorted()).toEqual(appNames.filter((name) => name !== 'gateway').toSorted());
});

describe('an app is granted what its statements need, neither more nor less', () => {
  test.each(databaseApps)(
    '%s',
    async (app) => {
      const needed = await neededWithTriggers(httpApps.has(app) ? apiSessions : sessions, textsOf(app));
      expect(appGrants[app]).toEqual(needed);
    },
    300_000,
  );
});

test('test/grants/triggers.ts names the tables that the functions of triggers use', async () => {
  const { rows } = await sessions.owner.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v')`,
  );
  const tables = new Set(rows.map(({ name }) => name));
  const used = (await readTriggers(sessions.owner)).map(({ function: name, source }) => [name, named(source, tables)]);
  const said = used.map(([name]) => [name, named((triggerStatements[String(name)] ?? []).join('; '), tables)]);
  expect(Object.fromEntries(said)).toEqual(Object.fromEntries(used));
  expect(Object.keys(triggerStatements).filter((name) => !used.some(([each]) => each === name))).toEqual([]);
});

function named(text: string, tables: ReadonlySet<string>): readonly string[] {
  return [...tablesNamed(text, tables)].toSorted();
}

test('no column takes its default from a sequence, which would want a grant that EXPLAIN does not look for', async () => {
  const { rows } = await sessions.owner.query(
    `select c.relname as table from pg_attrdef d join pg_class c on c.oid = d.adrelid
     where c.relnamespace = 'public'::regnamespace and pg_get_expr(d.adbin, d.adrelid) like 'nextval%'`,
  );
  expect(rows).toEqual([{ table: 'schema_migrations' }]);
});
