import type pg from 'pg';
import type { Grants } from '../../apps/migrate/src/roles/app-grants.ts';

/**
 * The statements in the functions of triggers, by function. The writer of the row must be allowed to run them. EXPLAIN
 * does not look into triggers. The rows of the statement itself (`new_rows`) need no grant.
 */
export const triggerStatements: Readonly<Record<string, readonly string[]>> = {
  find_bank_account: [
    `insert into bank_accounts as a (id, bank_code, identity, identity_key, next_nosso_numero)
     values (null, null, null, null, null)
     on conflict (bank_code, identity_key) do update
       set next_nosso_numero = greatest(a.next_nosso_numero, excluded.next_nosso_numero)
     returning a.id`,
  ],
  keep_an_admin: [`select from memberships where organization_id = null and role = 'admin' and status = 'active'`],
  note_change_of_issuer: [
    `insert into issuer_terms (issuer_id, until, especie, instructions, fees, sacador)
     values (null, null, null, null, null, null)`,
  ],
  record_notification_results: ['insert into notification_results (batch_id, sent, failed) values (null, null, null)'],
  take_organization_of_batch: ['select organization_id from batches where id = null'],
  take_organization_of_issuer: ['select organization_id from issuers where id = null'],
  tell_relays_of_results: [`select from batches b where b.id = null and b.mode = 'validate'`],
};

/** A trigger of the schema whose function runs as the writer of the row. */
interface Trigger {
  readonly table: string;
  readonly function: string;
  readonly verbs: readonly ('insert' | 'update' | 'delete')[];
  /** The columns of `update of`; empty for any. */
  readonly columns: readonly string[];
  /** The key of the table: the update of a key is a lock, which sets off nothing. */
  readonly key: readonly string[];
  readonly source: string;
}

const TRIGGERS = `
  select c.relname as "table", p.proname as function, p.prosrc as source,
    array_remove(array[case when t.tgtype & 4 > 0 then 'insert' end, case when t.tgtype & 8 > 0 then 'delete' end,
                       case when t.tgtype & 16 > 0 then 'update' end], null) as verbs,
    array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum = any(t.tgattr)) as columns,
    array(select a.attname::text from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
          where i.indrelid = c.oid and i.indisprimary) as key
  from pg_trigger t
  join pg_class c on c.oid = t.tgrelid
  join pg_proc p on p.oid = t.tgfoid
  where not t.tgisinternal and not p.prosecdef and c.relnamespace = 'public'::regnamespace`;

export async function readTriggers(owner: pg.Client): Promise<readonly Trigger[]> {
  return (await owner.query<Trigger>(TRIGGERS)).rows;
}

/** The functions that a role with these grants can set off. */
export function firedBy(triggers: readonly Trigger[], grants: Grants): ReadonlySet<string> {
  const fired = triggers.filter(({ table, verbs, columns, key }) => {
    const { insert, update = [], delete: remove } = grants[table] ?? {};
    const updated = update.filter((column) => !key.includes(column));
    const isUpdated = updated.some((column) => columns.length === 0 || columns.includes(column));
    return verbs.some((verb) => ({ insert: insert === true, delete: remove === true, update: isUpdated })[verb]);
  });
  return new Set(fired.map((trigger) => trigger.function));
}

/** The tables that SQL names where a table stands; texts in quotes are sentences. */
export function tablesNamed(sql: string, tables: ReadonlySet<string>): ReadonlySet<string> {
  const names = Array.from(
    sql.replaceAll(/'[^']*'/g, '').matchAll(/\b(?:from|join|into|update)\s+(?:only\s+)?(?:public\.)?(\w+)/gi),
    ([, name = '']) => name,
  );
  return new Set(names.filter((name) => tables.has(name)));
}
