// The floor is the least work for the same result on the same machine: the same rows go into the same tables under the
// same constraints, by set-based SQL from two connections. All values, including each debtor's id, are ready before the
// clock starts, in the form that the server reads fastest and in the order that is cheapest to store. The floor parses,
// looks up and composes nothing.
import type pg from 'pg';
import type { Log } from '#scripts/lib/run/log.mjs';
import { System } from '#scripts/lib/system/system.mjs';
import { counted, serverCounters } from '../measure.ts';
import { cpuSecondsOf, difference, type Numbers } from '../processes.ts';
import type { BenchStack } from '../stack.ts';
import { warmUp } from '../warm-up.ts';
import { COLUMNS, prepareRows, readRows, SHARED, type Table } from './rows.ts';

const DATABASE = 'billing_floor';

interface Statement {
  readonly from: Table;
  readonly into: string;
  readonly values: string;
}

const DEBTORS: Statement = {
  from: 'debtors',
  into: 'debtors (id, issuer_id, document, name, address) overriding system value',
  values: 'id, $2::uuid, document, name, address',
};

/**
 * Statements of one chunk, by the table whose rows they take: $1 its number, $2 the issuer, $3 the batch, $4… its
 * columns.
 */
const STORE: readonly Statement[] = [
  DEBTORS,
  {
    from: 'debts',
    into: `debts (id, issuer_id, debt_id, debtor_id, payer_name, email, amount_centavos, due_date, batch_id, chunk_no, line)
           overriding system value`,
    values: 'id, $2::uuid, debt_id, debtor_id, payer_name, email, amount_centavos, due_date, $3::uuid, $1::int, line',
  },
  {
    from: 'boletos',
    into: `boletos (id, issuer_id, debt_id, batch_id, chunk_no, nosso_numero, nosso_numero_impresso, codigo_barras,
                    linha_digitavel, issued_on)`,
    values: `id, $2::uuid, debt_id, $3::uuid, $1::int, nosso_numero, nosso_numero_impresso, codigo_barras,
             linha_digitavel, issued_on`,
  },
  {
    from: 'rejections',
    into: 'rejections (batch_id, chunk_no, line, problems, raw)',
    values: '$3::uuid, $1::int, line, problems, raw',
  },
];

const RECORD = `
  insert into chunk_results (batch_id, chunk_no, stage, from_line, rows, accepted)
  select $2::uuid, $1, stage, 1, $3, $3 from (values ('validate'), ('issue')) s (stage)`;

export interface Floor {
  readonly seconds: number;
  readonly cpuSeconds: Numbers;
  readonly server: Numbers;
  readonly rows: number;
}

/**
 * Ends the stack's apps and broker, because nothing else may run, and drops the finished run's database.
 * @param rowsToWrite about
 */
export async function measureFloor(stack: BenchStack, rowsToWrite: number, log: Log): Promise<Floor> {
  await stack.stopAllButPostgres();
  log.info('Preparing the floor …');
  const source = await stack.connect();
  const { chunks, hasShared } = await prepareRows(source);
  const rowsOf = await readRows(source);
  await source.end();
  // Nothing is left to vacuum there.
  await maintain(stack, 'drop database billing with (force)');

  const url = await migratedDatabase(stack);
  const [first, second] = await Promise.all([stack.connect(url), stack.connect(url)]);
  const clients = [first, second];
  try {
    const parents = await parentsOf(first, chunks);
    await warmUp(first, rowsToWrite);
    await first.query('checkpoint');

    const insert = async (client: pg.Client, chunk: number, { from, into, values }: Statement): Promise<void> => {
      const rows = rowsOf(from, chunk);
      if (rows === undefined) return; // no row of this table in this chunk
      const text = `insert into ${into} select ${values} from ${unnested(from)}`;
      await client.query({
        name: `floor_${from}`,
        text,
        values: [chunk, parents.issuerId, parents.batchId, ...rows.columns],
      });
    };
    const storeChunk = async (client: pg.Client, chunk: number): Promise<void> => {
      await client.query('begin');
      for (const statement of STORE) await insert(client, chunk, statement);
      await client.query({
        name: 'floor_record',
        text: RECORD,
        values: [chunk, parents.batchId, rowsOf('debts', chunk)?.count],
      });
      await client.query('commit');
    };

    const { postgres = 0 } = stack.pids();
    const counters = await serverCounters(first);
    const cpuBefore = cpuSecondsOf({ postgres });
    const startedAt = performance.now();
    if (hasShared) await insert(first, SHARED, DEBTORS);
    await Promise.all(
      clients.map(async (each, half) => {
        for (let chunk = half; chunk < chunks; chunk += clients.length) await storeChunk(each, chunk);
      }),
    );
    const seconds = (performance.now() - startedAt) / 1000;
    const cpuSeconds = difference(cpuSecondsOf({ postgres }), cpuBefore);
    const issued = await first.query<{ rows: number }>('select count(*)::int as rows from boletos');
    return {
      seconds,
      cpuSeconds,
      server: counted(await serverCounters(first), counters),
      rows: issued.rows[0]?.rows ?? 0,
    };
  } finally {
    await Promise.all(clients.map((each) => each.end()));
  }
}

/** Not every statement uses all of the first three parameters, and one that is not used has no type. */
function unnested(table: Table): string {
  const columns = Object.entries(COLUMNS[table]);
  // The functions stand in the select list, because after FROM PostgreSQL would keep all rows before it writes the
  // first.
  const lists = columns.map(([name, type], at) => `unnest($${String(at + 4)}::${type}[]) as ${name}`);
  return `(select ${lists.join(', ')}) as t
          where $1::int is not null and $2::uuid is not null and $3::uuid is not null`;
}

async function migratedDatabase(stack: BenchStack): Promise<string> {
  const { run, databaseUrl } = stack;
  const url = Object.assign(new URL(databaseUrl), { pathname: `/${DATABASE}` }).href;
  await maintain(stack, `create database ${DATABASE}`);
  const system = await System.create({ run, databaseUrl: url, rabbitmqUrl: 'amqp://127.0.0.1' });
  await system.migrate();
  return url;
}

async function maintain(stack: BenchStack, sql: string): Promise<void> {
  await stack.query(sql, [], Object.assign(new URL(stack.databaseUrl), { pathname: '/postgres' }).href);
}

/** The batch and its chunks, which the splitter makes. */
async function parentsOf(
  client: pg.Client,
  chunks: number,
): Promise<{ readonly batchId: string; readonly issuerId: string }> {
  const { rows } = await client.query<{ batchId: string; issuerId: string }>(
    `insert into batches (id, issuer_id, file_name, sha256, bytes, storage_key, profile, mode, reading, status)
     select gen_random_uuid(), id, 'floor.csv', repeat('0', 64), 1, 'uploads/floor.csv', 'lenient', 'process', 'floor', 'processing'
     from issuers
     returning id as "batchId", issuer_id as "issuerId"`,
  );
  const [parents] = rows;
  if (parents === undefined) throw new Error('there is no issuer');
  await client.query(
    `insert into chunks (batch_id, chunk_no, byte_offset, byte_length, first_line, rows)
     select $1, n, 0, 1, 1, 1 from generate_series(0, $2::int - 1) n`,
    [parents.batchId, chunks],
  );
  return parents;
}
