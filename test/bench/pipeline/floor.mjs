// The least this machine can do: the same rows, into the same tables under the same constraints, by nothing but
// set-based SQL from two connections. All values are there before the clock starts: read by the very server that
// stores them, from tables beside, in the order that is cheapest to store.
import { System } from '../../../scripts/lib/system.mjs';
import { counted, serverCounters } from './measure.mjs';
import { cpuSecondsOf, difference } from './processes.mjs';

const DATABASE = 'billing_floor';
const CHUNK_ROWS = 10_000;
/** Debtors that both connections need come first, so that neither waits for the other. */
const SHARED = -1;

/** What a finished run left in its tables, as the floor's chunks. */
const PREPARE = `
  create schema floor;
  create unlogged table floor.debts as
    select n.chunk, row_number() over (order by n.chunk, n.debt_id) as id, n.id as old_id, n.debt_id, n.debtor_id,
           n.payer_name, n.email, n.amount_centavos, n.due_date, n.line
    from (select d.*, ((row_number() over (order by line) - 1) / ${String(CHUNK_ROWS)})::int as chunk from debts d) n
    order by n.chunk, n.debt_id;
  create unlogged table floor.boletos as
    select f.chunk, b.id, f.id as debt_id, b.nosso_numero, b.nosso_numero_impresso, b.codigo_barras, b.linha_digitavel,
           b.issued_on
    from floor.debts f
    join boletos b on b.debt_id = f.old_id
    order by f.chunk, f.line;
  alter table floor.debts drop column old_id;
  create unlogged table floor.debtors as
    select case when count(distinct f.chunk % 2) = 2 then ${String(SHARED)} else min(f.chunk) end as chunk,
           r.id, r.document, r.name, r.address
    from floor.debts f
    join debtors r on r.id = f.debtor_id
    group by r.id
    order by 1, r.document;
  create unlogged table floor.rejections as
    select j.line * (select max(chunk) + 1 from floor.debts) / (select rows_read + 2 from batches) as chunk,
           j.line, j.problems, j.raw
    from rejections j
    order by j.line;`;

const STAGED = ['debts', 'boletos', 'debtors', 'rejections'];

/** Statements of one chunk: $1 its number, $2 the issuer, $3 the batch. */
const STORE = [
  `insert into debtors (id, issuer_id, document, name, address) overriding system value
   select id, $2::uuid, document, name, address from floor.debtors where chunk = $1 and $3::uuid is not null`,
  `insert into debts (id, issuer_id, debt_id, debtor_id, payer_name, email, amount_centavos, due_date, batch_id, chunk_no, line)
   overriding system value
   select id, $2::uuid, debt_id, debtor_id, payer_name, email, amount_centavos, due_date, $3::uuid, chunk, line
   from floor.debts where chunk = $1`,
  `insert into boletos (id, issuer_id, debt_id, batch_id, chunk_no, nosso_numero, nosso_numero_impresso, codigo_barras,
                        linha_digitavel, issued_on)
   select id, $2::uuid, debt_id, $3::uuid, chunk, nosso_numero, nosso_numero_impresso, codigo_barras, linha_digitavel, issued_on
   from floor.boletos where chunk = $1`,
  `insert into rejections (batch_id, chunk_no, line, problems, raw)
   select $3::uuid, chunk, line, problems, raw from floor.rejections where chunk = $1 and $2::uuid is not null`,
  `insert into chunk_results (batch_id, chunk_no, stage, from_line, rows, accepted)
   select $3::uuid, $1, stage, 1, n, n
   from (select count(*) as n from floor.debts where chunk = $1 and $2::uuid is not null) c,
        (values ('validate'), ('issue')) s (stage)`,
];

/**
 * Ends the stack's apps and broker: nothing else may run. The finished run's own database is gone afterwards.
 * @param {import('./stack.mjs').BenchStack} stack
 * @param {import('../../../scripts/lib/log.mjs').Log} log
 * @returns {Promise<{ seconds: number, cpuSeconds: Record<string, number>, server: Record<string, number>, rows: number }>}
 */
export async function measureFloor(stack, log) {
  await stack.stopAllButPostgres();
  log.info('Preparing the floor …');
  const files = await exportRows(stack);
  const url = await migratedDatabase(stack);
  const given = await stage(stack, url, files);

  const clients = await Promise.all([stack.connect(url), stack.connect(url)]);
  try {
    const [{ postgres }, before] = [stack.pids(), await serverCounters(clients[0])];
    const cpuBefore = cpuSecondsOf({ postgres });
    const startedAt = performance.now();
    if (given.hasShared) await storeChunk(clients[0], SHARED, given, STORE.slice(0, 1));
    await Promise.all(
      clients.map(async (client, half) => {
        for (let chunk = half; chunk < given.chunks; chunk += clients.length) await storeChunk(client, chunk, given);
      }),
    );
    const seconds = (performance.now() - startedAt) / 1000;
    const cpuSeconds = difference(cpuSecondsOf({ postgres }), cpuBefore);
    const [{ rows: boletos }] = (await clients[0].query('select count(*)::int as rows from boletos')).rows;
    return { seconds, cpuSeconds, server: counted(await serverCounters(clients[0]), before), rows: boletos };
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

async function storeChunk(client, chunk, { issuerId, batchId }, statements = STORE) {
  await client.query('begin');
  for (const [at, text] of statements.entries()) {
    await client.query({ name: `floor_${String(at)}`, text, values: [chunk, issuerId, batchId] });
  }
  await client.query('commit');
}

/** Written by the server into its own folder, which is removed with it. */
async function exportRows(stack) {
  const client = await stack.connect();
  try {
    await client.query(PREPARE);
    const [{ folder }] = (await client.query(`select current_setting('data_directory') as folder`)).rows;
    const files = STAGED.map((name) => ({ name, path: `${folder}/floor-${name}.copy` }));
    for (const { name, path } of files) await client.query(`copy floor.${name} to ${literal(path)} (format binary)`);
    return files;
  } finally {
    await client.end();
  }
}

/** Migrated as the product's is; the run's own is dropped, so that nothing is left to vacuum there. */
async function migratedDatabase(stack) {
  const { run, databaseUrl } = stack;
  const url = Object.assign(new URL(databaseUrl), { pathname: `/${DATABASE}` }).href;
  const maintenance = Object.assign(new URL(databaseUrl), { pathname: '/postgres' }).href;
  await stack.query(`create database ${DATABASE}`, [], maintenance);
  const system = await System.create({ run, databaseUrl: url, rabbitmqUrl: 'amqp://127.0.0.1' });
  await system.migrate();
  return url;
}

async function stage(stack, url, files) {
  const client = await stack.connect(url);
  try {
    await client.query(`
      create schema floor;
      create unlogged table floor.debts (chunk int, id bigint, debt_id text, debtor_id bigint, payer_name text, email text,
        amount_centavos bigint, due_date date, line bigint);
      create unlogged table floor.boletos (chunk int, id uuid, debt_id bigint, nosso_numero bigint,
        nosso_numero_impresso text, codigo_barras text, linha_digitavel text, issued_on date);
      create unlogged table floor.debtors (chunk int, id bigint, document text, name text, address jsonb);
      create unlogged table floor.rejections (chunk bigint, line bigint, problems jsonb, raw text);`);
    for (const { name, path } of files) {
      await client.query(`alter table floor.${name} set (autovacuum_enabled = off)`);
      await client.query(`copy floor.${name} from ${literal(path)} (format binary)`);
      await client.query(`create index on floor.${name} (chunk)`);
      await client.query(`vacuum (freeze, analyze) floor.${name}`);
    }
    const given = await parentsOf(client);
    const maintenance = Object.assign(new URL(url), { pathname: '/postgres' }).href;
    await stack.query('drop database billing with (force)', [], maintenance);
    await client.query('checkpoint');
    return given;
  } finally {
    await client.end();
  }
}

/** The batch and its chunks, which the splitter makes. */
async function parentsOf(client) {
  const [{ chunks, shared }] = (
    await client.query(
      `select (select max(chunk) + 1 from floor.debts) as chunks,
              exists (select 1 from floor.debtors where chunk = ${String(SHARED)}) as shared`,
    )
  ).rows;
  const [{ id: batchId, issuer_id: issuerId }] = (
    await client.query(
      `insert into batches (id, issuer_id, file_name, sha256, bytes, storage_key, profile, mode, reading, status)
       select gen_random_uuid(), id, 'floor.csv', repeat('0', 64), 1, 'uploads/floor.csv', 'lenient', 'process', 'floor', 'processing'
       from issuers
       returning id, issuer_id`,
    )
  ).rows;
  await client.query(
    `insert into chunks (batch_id, chunk_no, byte_offset, byte_length, first_line, rows)
     select $1, n, 0, 1, 1, ${String(CHUNK_ROWS)} from generate_series(0, $2::int - 1) n`,
    [batchId, chunks],
  );
  return { batchId, issuerId, chunks, hasShared: shared };
}

function literal(text) {
  return `'${text.replaceAll("'", "''")}'`;
}
