// Reads the tables of a finished run as the values of the floor's chunks.

import type { Client } from 'pg';
import { rowOf } from '../../../rows.ts';

const CHUNK_ROWS = 10_000;
/** Debtors that both connections need come first, so that neither waits for the other. */
export const SHARED = -1;

/** The columns of each table, as the floor stores them. */
export const COLUMNS = {
  debtors: { id: 'bigint', document: 'text', name: 'text', address: 'jsonb' },
  debts: {
    id: 'bigint',
    debt_id: 'text',
    debtor_id: 'bigint',
    payer_name: 'text',
    email: 'text',
    amount_centavos: 'bigint',
    due_date: 'date',
    line: 'bigint',
  },
  boletos: {
    id: 'uuid',
    debt_id: 'bigint',
    nosso_numero: 'bigint',
    nosso_numero_impresso: 'text',
    codigo_barras: 'text',
    linha_digitavel: 'text',
    issued_on: 'date',
  },
  rejections: { line: 'bigint', problems: 'jsonb', raw: 'text' },
};

export type Table = keyof typeof COLUMNS;

/** In each chunk the order that is cheapest to store. */
const ORDER: Readonly<Record<Table, string>> = {
  debtors: 'document',
  debts: 'debt_id',
  boletos: 'id',
  rejections: 'line',
};

/** Debts get ids in the order of the file, whatever order the run gave them. */
const PREPARE = `
  create schema floor;
  create unlogged table floor.debts as
    select ((n.place - 1) / ${String(CHUNK_ROWS)})::int as chunk, n.place as id, n.id as old_id,
           n.debt_id, n.debtor_id, n.payer_name, n.email, n.amount_centavos, n.due_date, n.line
    from (select d.*, row_number() over (order by line) as place from debts d) n;
  create unlogged table floor.boletos as
    select f.chunk, b.id, f.id as debt_id, b.nosso_numero, b.nosso_numero_impresso, b.codigo_barras,
           b.linha_digitavel, b.issued_on
    from floor.debts f
    join boletos b on b.debt_id = f.old_id;
  create unlogged table floor.debtors as
    select case when count(distinct f.chunk % 2) = 2 then ${String(SHARED)} else min(f.chunk) end as chunk,
           r.id, r.document, r.name, r.address
    from floor.debts f
    join debtors r on r.id = f.debtor_id
    group by r.id;
  create unlogged table floor.rejections as
    select (j.line * (select max(chunk) + 1 from floor.debts) / (select rows_read + 2 from batches))::int as chunk,
           j.line, j.problems, j.raw
    from rejections j;`;

/** @param client of the finished run's database */
export async function prepareRows(client: Client): Promise<{ readonly chunks: number; readonly hasShared: boolean }> {
  await client.query(PREPARE);
  return await rowOf<{ chunks: number; hasShared: boolean }>(
    { query: async (sql) => (await client.query(sql)).rows },
    `select (select max(chunk) + 1 from floor.debts) as chunks,
            exists (select 1 from floor.debtors where chunk = ${String(SHARED)}) as "hasShared"`,
  );
}

/** The rows of a table that belong to a chunk. */
type RowsOf = (
  table: Table,
  chunk: number,
) => { readonly columns: readonly (Buffer | undefined)[]; readonly count: number } | undefined;

/**
 * The rows as a client sends them that has nothing else to do: each column an array that the server itself has put into
 * the form in which it will read it again.
 */
export async function readRows(client: Client): Promise<RowsOf> {
  const tables = new Map<Table, Map<number, { readonly columns: (Buffer | undefined)[]; readonly count: number }>>();
  for (const [table, columns] of Object.entries(COLUMNS) as [Table, Readonly<Record<string, string>>][]) {
    const names = Object.keys(columns);
    const arrays = names.map((name) => `array_send(array_agg(${name} order by ${ORDER[table]})) as ${name}`);
    const { rows } = await client.query<{ chunk: number; count: number } & Record<string, Buffer | number>>(
      `select chunk, count(*)::int as count, ${arrays.join(', ')} from floor.${table} group by chunk`,
    );
    const columnsOf = (row: Readonly<Record<string, Buffer | number>>): (Buffer | undefined)[] =>
      names.map((name) => {
        const value = row[name];
        return Buffer.isBuffer(value) ? value : undefined;
      });
    tables.set(table, new Map(rows.map((row) => [row.chunk, { columns: columnsOf(row), count: row.count }])));
  }
  return (table, chunk) => tables.get(table)?.get(chunk);
}
