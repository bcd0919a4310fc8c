import { runDdl, sql, type Tx } from '#database';
import { rowPolicies } from './app-policies.ts';

const FIND_TABLES = sql.returning({ name: 'name', isEnabled: 'bool', hasPassing: 'bool', told: 'text?' })`
  select c.relname as name, c.relrowsecurity as "isEnabled",
         exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'every_role') as "hasPassing",
         (select obj_description(p.oid, 'pg_policy') from pg_policy p
          where p.polrelid = c.oid and p.polname = 'http_apps') as told
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname = any(${'names'}::text[])`;

/**
 * Gives each table its policy for the roles of the HTTP apps. A policy that is there already is left alone: to make it
 * anew would wait for every statement on its table. Its comment has its text as it was written.
 */
export async function limitRows(tx: Tx, roles: readonly string[]): Promise<void> {
  const found = await FIND_TABLES.rows(tx, { names: Object.keys(rowPolicies) });
  for (const { name, isEnabled, hasPassing, told } of found) {
    const policy = rowPolicies[name];
    if (policy === undefined) continue;
    if (!isEnabled) await runDdl(tx, 'alter table %I enable row level security', name);
    if (!hasPassing) await runDdl(tx, 'create policy every_role on %I using (true) with check (true)', name);
    const text = `${roles.toSorted().join(', ')}: ${policy.of ?? 'all'}: ${policy.rows}`;
    if (told === text) continue;
    await runDdl(tx, 'drop policy if exists http_apps on %I', name);
    const checks = [
      ...(policy.of === 'insert' ? [] : [`using (${policy.rows})`]),
      ...(policy.of === 'select' ? [] : [`with check (${policy.rows})`]),
    ].join(' ');
    const to = roles.map(() => '%I').join(', ');
    const template = `create policy http_apps on %I as restrictive for ${policy.of ?? 'all'} to ${to} ${checks}`;
    await runDdl(tx, template, name, ...roles);
    await runDdl(tx, 'comment on policy http_apps on %I is %L', name, text);
  }
}
