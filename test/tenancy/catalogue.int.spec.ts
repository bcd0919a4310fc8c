import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTables, rowPolicies } from '../../apps/migrate/src/roles/app-policies.ts';
import { databaseWithRoles, httpRolesOf, type DatabaseWithRoles } from './http-roles.fixture.ts';

/** Columns that name the owner of a row, and those that name the row above it. */
const COLUMNS = ['organization_id', 'issuer_id', 'batch_id', 'debt_id', 'boleto_id', 'debtor_id'];

interface Policy {
  readonly table: string;
  readonly isEnabled: boolean;
  readonly roles: readonly string[];
  readonly text: string;
}

let given: DatabaseWithRoles;
let policies: readonly Policy[];

beforeAll(async () => {
  given = await databaseWithRoles();
  policies = await given.database.dataSource.query(
    `select c.relname as "table", c.relrowsecurity as "isEnabled",
            array(select r.rolname::text from pg_roles r where r.oid = any(p.polroles)) as roles,
            concat_ws(' ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) as text
     from pg_policy p
     join pg_class c on c.oid = p.polrelid
     where not p.polpermissive and c.relnamespace = 'public'::regnamespace
     order by 1`,
  );
});

afterAll(() => given.drop());

test('every table with rows of one organization has a policy for each HTTP role, or a reason', async () => {
  const tables: { name: string }[] = await given.database.dataSource.query(
    `select distinct c.relname as name
     from pg_class c
     join pg_attribute a on a.attrelid = c.oid and a.attname = any($1) and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
     order by 1`,
    [COLUMNS],
  );
  const isGuarded = (name: string): boolean =>
    policies.some(
      ({ table, isEnabled, roles }) =>
        table === name && isEnabled && httpRolesOf(given).every((role) => roles.includes(role)),
    );

  expect(tables.length).toBeGreaterThan(18);
  expect(tables.map(({ name }) => name).filter((name) => !isGuarded(name) && openTables[name] === undefined)).toEqual(
    [],
  );
});

test('a policy reads each setting once for a statement, in a query of its own', () => {
  expect(policies.length).toBeGreaterThan(18);
  for (const { table, text } of policies) {
    // PostgreSQL writes `( SELECT (NULLIF(current_setting(…), …))::uuid AS "nullif")`.
    const bare = text.replaceAll(/\( SELECT \(*(?:NULLIF\()*current_setting\(/g, '');
    expect([table, bare]).toEqual([table, expect.not.stringContaining('current_setting(')]);
  }
});

test('every policy that is written is there, and no worker has one', () => {
  const tables = new Set(policies.map(({ table }) => table));
  expect(Object.keys(rowPolicies).filter((name) => !tables.has(name))).toEqual([]);
  const roles = new Set(policies.flatMap((policy) => policy.roles));
  expect([...roles].toSorted()).toEqual(httpRolesOf(given).toSorted());
});

test('views are read with the policies of the role that reads them', async () => {
  const views: unknown[] = await given.database.dataSource.query(
    `select relname from pg_class
     where relnamespace = 'public'::regnamespace and relkind = 'v'
       and not coalesce(reloptions, '{}') @> array['security_invoker=true']`,
  );
  expect(views).toEqual([]);
});

test('no HTTP role owns a table, is a superuser or passes by the policies', async () => {
  const faults: unknown[] = await given.database.dataSource.query(
    `select rolname from pg_roles r
     where rolname = any($1)
       and (rolsuper or rolbypassrls or exists (select from pg_class where relowner = r.oid))`,
    [httpRolesOf(given)],
  );
  expect(faults).toEqual([]);
});
