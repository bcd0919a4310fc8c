import { sql, type Db } from './sql.ts';

const FORMAT = sql.returning({ text: 'text' })`
  select format(${'template'}::text, variadic ${'values'}::text[]) as text`;

/**
 * Runs a statement of DDL. DDL takes no parameters, so PostgreSQL itself quotes the values for the places of the
 * template: %I for an identifier, %L for a literal.
 */
export async function runDdl(db: Db, template: string, ...values: readonly string[]): Promise<void> {
  const row = await FORMAT.row(db, { template, values });
  if (row === undefined) throw new Error('the statement was not formatted');
  await db.query(row.text);
}
