// Checks that a run did the timed work: every row, every centavo, every number.
import type pg from 'pg';
import { composerFor, type BankAccount } from '#boleto';
import { centavos } from '#money';
import { hashOf, readState } from '../../chaos/state.ts';
import { rowsOf } from '../../rows.ts';
import { dayOf } from '../lib/dates.ts';
import type { Expected } from './file.ts';
import type { BenchStack } from './stack.ts';

const RECOMPOSED = 1_000;

/**
 * @param stack whose database holds one batch
 * @returns every fault, in words; none: all is well
 */
export async function findFaults(stack: BenchStack, expected: Expected): Promise<string[]> {
  const client = await stack.connect();
  try {
    // The queries run one after the other, because they share the machine's memory and are not timed.
    await client.query('set max_parallel_workers_per_gather = 0');
    return [
      ...(await faultsOfAccount(client, expected)),
      ...(await faultsOfDebts(client, expected)),
      ...(await faultsOfBoletos(client, expected)),
      ...(await orphans(client)),
      ...(await faultsOfComposition(client)),
    ];
  } finally {
    await client.end();
  }
}

/**
 * The hash of what the file leaves in the database, as the chaos tests hash it: equal for equal content.
 * @param stack whose database holds one batch
 */
export async function contentHash(stack: BenchStack): Promise<string> {
  const batches = await rowsOf<{ id: string }>(stack, 'select id from batches');
  return hashOf(
    await readState(
      { database: stack },
      batches.map(({ id }) => id),
    ),
  );
}

async function only<Column extends string>(client: pg.Client, sql: string): Promise<Record<Column, string>> {
  const [row] = (await client.query<Record<Column, string>>(sql)).rows;
  if (row === undefined) throw new Error(`no row for ${sql}`);
  return row;
}

/** Pairs of what was found and what was wanted, by the name of the thing. */
type Checks = Readonly<Record<string, readonly [unknown, unknown]>>;

function faultsIn(checks: Checks): string[] {
  return Object.entries(checks).flatMap(([what, [found, wanted]]) =>
    String(found) === String(wanted) ? [] : [`${what}: ${String(found)} instead of ${String(wanted)}`],
  );
}

async function faultsOfAccount(client: pg.Client, expected: Expected): Promise<string[]> {
  const row = await only<
    | 'accepted'
    | 'batches'
    | 'chunks'
    | 'chunks_total'
    | 'dead'
    | 'dead_letters'
    | 'deadlocks'
    | 'duplicate'
    | 'explained'
    | 'issue_dead'
    | 'issued'
    | 'rejected'
    | 'rows'
    | 'rows_read'
    | 'status'
  >(
    client,
    `select b.status, b.rows_read, b.chunks_total, v.chunks, v.rows, v.accepted, v.duplicate, v.rejected, v.dead,
            i.accepted as issued, i.dead as issue_dead, (select count(*) from rejections) as explained,
            (select count(*) from dead_letters) as dead_letters,
            (select deadlocks from pg_stat_database where datname = current_database()) as deadlocks, (select count(*) from batches) as batches
     from batches b,
          (select count(distinct chunk_no) as chunks, sum(rows) as rows, sum(accepted) as accepted,
                  sum(duplicate) as duplicate, sum(rejected) as rejected, sum(dead) as dead
           from chunk_results where stage = 'validate') v,
          (select coalesce(sum(accepted), 0) as accepted, coalesce(sum(dead), 0) as dead
           from chunk_results where stage = 'issue') i`,
  );
  return faultsIn({
    batches: [row.batches, 1],
    status: [row.status, expected.rejected > 0 ? 'completed_with_rejections' : 'completed'],
    'rows read': [row.rows_read, expected.read],
    'rows accounted for': [row.rows, expected.read],
    'chunks accounted for': [row.chunks, row.chunks_total],
    'rows accepted': [row.accepted, expected.accepted],
    duplicates: [row.duplicate, expected.duplicate],
    'rows rejected': [row.rejected, expected.rejected],
    'rejections explained': [row.explained, expected.rejected],
    'rows dead': [Number(row.dead) + Number(row.issue_dead), 0],
    'dead letters': [row.dead_letters, 0],
    deadlocks: [row.deadlocks, 0],
    'rows issued': [row.issued, expected.accepted],
  });
}

async function faultsOfDebts(client: pg.Client, expected: Expected): Promise<string[]> {
  const row = await only<'centavos' | 'debts' | 'fingerprint' | 'ids'>(
    client,
    `select count(*) as debts, count(distinct d.debt_id) as ids, sum(d.amount_centavos) as centavos,
            sum(('x' || substr(md5(concat_ws('|', d.debt_id, r.document, coalesce(d.payer_name, r.name), d.email,
                                             d.amount_centavos, d.due_date)), 1, 8))::bit(32)::bigint) as fingerprint
     from debts d
     join debtors r on r.id = d.debtor_id`,
  );
  return faultsIn({
    debts: [row.debts, expected.accepted],
    'distinct debt ids': [row.ids, expected.accepted],
    'centavos of the debts': [row.centavos, expected.centavos],
    'fingerprint of the debts': [row.fingerprint, expected.fingerprint],
  });
}

async function faultsOfBoletos(client: pg.Client, expected: Expected): Promise<string[]> {
  const row = await only<'boletos' | 'centavos' | 'codes' | 'debts' | 'highest' | 'lowest' | 'next' | 'numbers'>(
    client,
    `select count(*) as boletos, count(distinct debt_id) as debts, count(distinct nosso_numero) as numbers,
            min(nosso_numero) as lowest, max(nosso_numero) as highest,
            count(distinct codigo_barras) as codes, sum(substr(codigo_barras, 10, 10)::bigint) as centavos,
            (select next_nosso_numero from bank_accounts
              where id = (select bank_account_id from issuers where id = (select issuer_id from batches))) as next
     from boletos`,
  );
  return faultsIn({
    boletos: [row.boletos, expected.accepted],
    'debts with a boleto': [row.debts, expected.accepted],
    'distinct nosso números': [row.numbers, expected.accepted],
    'lowest nosso número': [row.lowest, 1],
    'highest nosso número': [row.highest, expected.accepted],
    'next nosso número': [row.next, expected.accepted + 1],
    'distinct códigos de barras': [row.codes, expected.accepted],
    'centavos of the boletos': [row.centavos, expected.centavos],
  });
}

/** The check includes tables with a foreign key: a later version may drop the constraint but must keep the promise. */
async function orphans(client: pg.Client): Promise<string[]> {
  const row = await only<'boletos' | 'debts' | 'idle' | 'lost' | 'strays'>(
    client,
    `select (select count(*) from boletos b where not exists (select 1 from debts d where d.id = b.debt_id)) as boletos,
            (select count(*) from boletos b join debts d on d.id = b.debt_id
              where (b.batch_id, b.chunk_no, b.issuer_id) is distinct from (d.batch_id, d.chunk_no, d.issuer_id)) as strays,
            (select count(*) from debts d where not exists (select 1 from debtors r where r.id = d.debtor_id)) as debts,
            (select count(*) from debts d where not exists
              (select 1 from chunks c where c.batch_id = d.batch_id and c.chunk_no = d.chunk_no)) as lost,
            (select count(*) from debtors r where not exists (select 1 from debts d where d.debtor_id = r.id)) as idle`,
  );
  return faultsIn({
    'boletos without debt': [row.boletos, 0],
    'boletos of another chunk than their debt': [row.strays, 0],
    'debts without debtor': [row.debts, 0],
    'debts without chunk': [row.lost, 0],
    'debtors without debt': [row.idle, 0],
  });
}

interface IssuedRow {
  readonly nosso_numero: string;
  readonly nosso_numero_impresso: string;
  readonly codigo_barras: string;
  readonly linha_digitavel: string;
  readonly amount_centavos: string;
  readonly due_date: string;
  readonly bank_code: string;
  readonly account: Omit<BankAccount, 'bankCode'>;
}

async function faultsOfComposition(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<IssuedRow>(
    `select b.nosso_numero, b.nosso_numero_impresso, b.codigo_barras, b.linha_digitavel,
            d.amount_centavos, d.due_date::text as due_date, i.bank_code, i.account
     from boletos b
     join debts d on d.id = b.debt_id
     join issuers i on i.id = b.issuer_id
     order by random()
     limit $1`,
    [RECOMPOSED],
  );
  const [any] = rows;
  if (any === undefined) return [];
  const compose = composerFor({ ...any.account, bankCode: any.bank_code });
  const wrong = rows.filter((row) => {
    const amount = centavos(BigInt(row.amount_centavos));
    const boleto = compose({ sequence: BigInt(row.nosso_numero), amount, dueDate: dayOf(row.due_date) });
    return (
      boleto.nossoNumeroImpresso !== row.nosso_numero_impresso ||
      boleto.codigoBarras !== row.codigo_barras ||
      boleto.linhaDigitavel !== row.linha_digitavel
    );
  });
  return wrong.length === 0 ? [] : [`${String(wrong.length)} of ${String(rows.length)} boletos composed differently`];
}
