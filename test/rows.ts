/** Whatever answers SQL with rows. */
export interface Queries {
  readonly query: (sql: string, values?: unknown[]) => Promise<unknown>;
}

/** The rows of an answer, as the statement names their columns. */
export async function rowsOf<R extends object>(from: Queries, sql: string, values: unknown[] = []): Promise<R[]> {
  return (await from.query(sql, values)) as R[];
}

/** The only row of an answer. */
export async function rowOf<R extends object>(from: Queries, sql: string, values: unknown[] = []): Promise<R> {
  const [row] = await rowsOf<R>(from, sql, values);
  if (row === undefined) throw new Error(`no row for ${sql}`);
  return row;
}
