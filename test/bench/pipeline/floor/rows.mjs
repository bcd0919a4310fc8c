// Reads the tables of a finished run as the values of the floor's chunks.

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

/** In each chunk the order that is cheapest to store. */
const ORDER = { debtors: 'document', debts: 'debt_id', boletos: 'id', rejections: 'line' };

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

/** @param {import('pg').Client} client of the finished run's database */
export async function prepareRows(client) {
  await client.query(PREPARE);
  const [{ chunks, shared }] = (
    await client.query(
      `select (select max(chunk) + 1 from floor.debts) as chunks,
              exists (select 1 from floor.debtors where chunk = ${String(SHARED)}) as shared`,
    )
  ).rows;
  return { chunks, hasShared: shared };
}

/**
 * The rows as a client sends them that has nothing else to do: each column an array that the server itself has put into
 * the form in which it will read it again.
 * @returns {Promise<(table: string, chunk: number) => { columns: Buffer[], count: number } | undefined>}
 */
export async function readRows(client) {
  const tables = {};
  for (const [table, columns] of Object.entries(COLUMNS)) {
    const names = Object.keys(columns);
    const arrays = names.map((name) => `array_send(array_agg(${name} order by ${ORDER[table]})) as ${name}`);
    const { rows } = await client.query(
      `select chunk, count(*)::int as count, ${arrays.join(', ')} from floor.${table} group by chunk`,
    );
    tables[table] = new Map(
      rows.map((row) => [row.chunk, { columns: names.map((name) => row[name]), count: row.count }]),
    );
  }
  return (table, chunk) => tables[table].get(chunk);
}
