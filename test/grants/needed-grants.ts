import pg from 'pg';
import type { Grants, TableGrants } from '../../apps/migrate/src/roles/app-grants.ts';

const INSUFFICIENT_PRIVILEGE = '42501';

/** A table or view, with what its rows are read from or guarded by: the text of a view, of policies. */
interface Relation {
  readonly name: string;
  /** Those of the primary key last: a row lock wants any column, and these never change. */
  readonly columns: readonly string[];
  readonly behind: string;
}

const RELATIONS = `
  select c.relname as name, coalesce(pg_get_viewdef(case when c.relkind = 'v' then c.oid end), '') ||
      coalesce((select string_agg(concat_ws(' ', p.qual, p.with_check), ' ') from pg_policies p
                where p.schemaname = 'public' and p.tablename = c.relname), '') as behind,
    array(select a.attname::text from pg_attribute a
          left join pg_index i on i.indrelid = c.oid and i.indisprimary and a.attnum = any(i.indkey)
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          order by i.indrelid is not null, a.attnum desc) as columns
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
  order by c.relname`;

/** The session of the owner, and one of a role whose grants it changes. */
export interface Sessions {
  readonly owner: pg.Client;
  readonly role: pg.Client;
  readonly name: string;
}

/**
 * The smallest set of grants with which a role can run the statements. PostgreSQL checks the privileges of a statement
 * before it runs, so EXPLAIN is refused where the statement would be. A grant without which no statement is refused is
 * not needed.
 */
export async function neededGrants(sessions: Sessions, texts: readonly string[]): Promise<Grants> {
  const { owner, name } = sessions;
  const { rows: relations } = await owner.query<Relation>(RELATIONS);
  await owner.query(`grant all on all tables in schema public to ${name}`);
  const explained = await Explained.prepare(sessions.role, texts, relations);
  const needed: Record<string, TableGrants> = { ...(await sequencesOf(owner, texts)) };
  for (const relation of relations) {
    const grants = await neededOf(owner, name, relation, explained);
    if (grants !== undefined) needed[relation.name] = grants;
  }
  await explained.close();
  return needed;
}

/** The sequences that statements take numbers from. EXPLAIN does not look at them. */
async function sequencesOf(owner: pg.Client, texts: readonly string[]): Promise<Grants> {
  const { rows } = await owner.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'S'`,
  );
  const taken = rows.filter(({ name }) => texts.some((text) => text.includes(`nextval('${name}')`)));
  return Object.fromEntries(taken.map(({ name }) => [name, { usage: true }]));
}

async function neededOf(
  owner: pg.Client,
  role: string,
  { name: table, columns }: Relation,
  explained: Explained,
): Promise<TableGrants | undefined> {
  if (!explained.mentions(table)) {
    await owner.query(`revoke all on ${table} from ${role}`);
    return undefined;
  }
  const isNeeded = async (privilege: string): Promise<boolean> => {
    await owner.query(`revoke ${privilege} on ${table} from ${role}`);
    if (await explained.allAllowed(table)) return false;
    await owner.query(`grant ${privilege} on ${table} to ${role}`);
    return true;
  };
  const grants: { -readonly [K in keyof TableGrants]: TableGrants[K] } = {};
  for (const verb of ['select', 'insert', 'delete'] as const) if (await isNeeded(verb)) grants[verb] = true;
  if (await isNeeded('update')) {
    // A column that no statement names is not updated; the last one, of the key, is there for row locks.
    const named = columns.filter((column) => column === columns.at(-1) || explained.names(table, column));
    await owner.query(
      `revoke update on ${table} from ${role}; grant update (${named.join(', ')}) on ${table} to ${role}`,
    );
    const updated: string[] = [];
    for (const column of named) if (await isNeeded(`update (${column})`)) updated.push(column);
    grants.update = updated.toSorted();
  }
  return Object.keys(grants).length === 0 ? undefined : grants;
}

interface Prepared {
  /** Explains it. */
  readonly execute: string;
  readonly words: ReadonlySet<string>;
  readonly mentioned: ReadonlySet<string>;
}

/** Statements that are prepared in the session of the role. */
class Explained {
  readonly #client: pg.Client;
  readonly #statements: readonly Prepared[];

  private constructor(client: pg.Client, statements: readonly Prepared[]) {
    this.#client = client;
    this.#statements = statements;
  }

  /** @throws Error for a statement that cannot be explained although the role may do everything. */
  static async prepare(
    client: pg.Client,
    texts: readonly string[],
    relations: readonly Relation[],
  ): Promise<Explained> {
    // With values in place of the parameters the planner would leave out parts, and forget to ask for their grants.
    await client.query('set plan_cache_mode = force_generic_plan');
    const statements: Prepared[] = [];
    for (const [at, text] of texts.entries()) {
      const parameters = Math.max(0, ...Array.from(text.matchAll(/\$(\d+)/g), ([, number]) => Number(number)));
      const values = parameters === 0 ? '' : `(${Array<string>(parameters).fill('null').join(', ')})`;
      const execute = `explain execute s${at.toString()}${values}`;
      try {
        await client.query(`prepare s${at.toString()} as ${text}`);
        await client.query(execute);
      } catch (error) {
        throw new Error(`cannot be explained: ${text}`, { cause: error });
      }
      statements.push({ execute, words: wordsOf(text), mentioned: mentionedIn(text, relations) });
    }
    return new Explained(client, statements);
  }

  mentions(table: string): boolean {
    return this.#statements.some(({ mentioned }) => mentioned.has(table));
  }

  /** True if a statement that mentions the table has the column's name in it. */
  names(table: string, column: string): boolean {
    return this.#statements.some(({ mentioned, words }) => mentioned.has(table) && words.has(column));
  }

  /** True if the role may run every statement that mentions the table. */
  async allAllowed(table: string): Promise<boolean> {
    for (const { execute, mentioned } of this.#statements) {
      if (mentioned.has(table) && !(await this.#isAllowed(execute))) return false;
    }
    return true;
  }

  async close(): Promise<void> {
    await this.#client.query('deallocate all');
  }

  async #isAllowed(execute: string): Promise<boolean> {
    try {
      await this.#client.query(execute);
      return true;
    } catch (error) {
      if (error instanceof pg.DatabaseError && error.code === INSUFFICIENT_PRIVILEGE) return false;
      throw error;
    }
  }
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.match(/\w+/g));
}

/** The relations that a statement names, and those behind them. */
function mentionedIn(text: string, relations: readonly Relation[]): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [text];
  for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
    const words = wordsOf(each);
    for (const { name, behind } of relations) {
      if (!words.has(name) || found.has(name)) continue;
      found.add(name);
      waiting.push(behind);
    }
  }
  return found;
}
