// Dead letters of three kinds, each with the state in which dispatcher leaves what it was about.
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { composerFor, type BankAccount } from '#boleto';
import { CSV_HEADER, detectDialect, HEAD_BYTES_MAX } from '#debts-csv';
import { centavos } from '#money';
import { rowOf, rowsOf, type Queries } from '../../rows.ts';
import { dayOf } from '../lib/dates.ts';

/** A database and the folders of a system. */
export interface Stack extends Queries {
  readonly system: { readonly storageFolder: string; readonly mailbox: string };
}

/** How many letters are of each kind. */
export interface Shares {
  readonly rows: number;
  readonly debts: number;
  readonly emails: number;
}

/** The batch of each kind; none of no e-mails. */
export interface Batches {
  readonly rows: string;
  readonly debts: string;
  readonly emails: string | null;
}

const ISSUER = '00000000-0000-4000-8000-0000000000d1';
const ROWS_OF_CHUNK = 250;
const DUE = '2035-01-31';
const AMOUNT = 12_345n;
const HEADER = `${CSV_HEADER}\n`;
/** A line of the header comes before the first row. */
const FIRST_LINE = 2;
const BOLETOS_AT_ONCE = 5_000;

const lineOf = (n: number): string =>
  `Ana de Souza,52998224725,ana@example.com,123.45,${DUE},F-${String(n).padStart(9, '0')}\n`;

/** So many of each kind: rows that were not validated, debts without a boleto, e-mails that failed. */
export function sharesOf(letters: number): Shares {
  const emails = Math.round(letters * 0.1);
  const rows = Math.round(letters * 0.2);
  return { rows, debts: letters - rows - emails, emails };
}

/** @returns the batch of each kind; none of no e-mails */
export async function makeLetters(stack: Stack, shares: Shares): Promise<Batches> {
  return {
    rows: await makeDeadRows(stack, shares.rows),
    debts: await makeDeadDebts(stack, shares.debts),
    emails: shares.emails === 0 ? null : await makeDeadEmails(stack, shares.emails),
  };
}

interface NewBatch {
  readonly rows: number;
  readonly status: string;
  readonly mark: string;
}

/** A batch that has ended; its file is there, as a replay may read it again. */
async function makeBatch({ query, system }: Stack, { rows, status, mark }: NewBatch): Promise<string> {
  const id = randomUUID();
  const file = Buffer.from(HEADER + Array.from({ length: rows }, (_, n) => lineOf(n)).join(''));
  mkdirSync(join(system.storageFolder, 'uploads'), { recursive: true });
  writeFileSync(join(system.storageFolder, 'uploads', `${id}.csv`), file);
  const detected = detectDialect(file.subarray(0, HEAD_BYTES_MAX), {});
  if (!detected.ok) throw new Error('the file of a batch cannot be read');
  await query(
    `insert into batches (id, issuer_id, file_name, sha256, bytes, storage_key, profile, mode, reading, status, dialect, columns,
                          rows_read, chunks_total, splitting_at, split_at, completed_at)
     values ($1, $2, $3, $4, $5, $6, 'strict', 'process', 'process strict', $7, $8, $9, $10, $11, now(), now(), now())`,
    [
      id,
      ISSUER,
      `${mark}.csv`,
      createHash('sha256').update(mark).digest('hex'),
      file.byteLength,
      `uploads/${id}.csv`,
      status,
      detected.dialect,
      JSON.stringify(detected.header.mapping),
      rows,
      Math.ceil(rows / ROWS_OF_CHUNK),
    ],
  );
  await query(
    `insert into chunks (batch_id, chunk_no, byte_offset, byte_length, first_line, rows)
     select $1, n, $2 + n * $3::bigint * $4, least($4, $5 - n * $4) * $3, $6 + n * $4, least($4, $5 - n * $4)
     from generate_series(0, ($5 - 1) / $4) as n`,
    [id, HEADER.length, lineOf(0).length, ROWS_OF_CHUNK, rows, FIRST_LINE],
  );
  return id;
}

/** Rows that could not be validated: each was alone when it died. */
async function makeDeadRows(stack: Stack, rows: number): Promise<string> {
  const batchId = await makeBatch(stack, { rows, status: 'completed_with_rejections', mark: 'rows' });
  await killLines(stack, { batchId, rows, stage: 'validate', queue: 'chunk-validator.chunks' });
  return batchId;
}

async function makeDeadDebts(stack: Stack, rows: number): Promise<string> {
  const batchId = await makeBatch(stack, { rows, status: 'completed_with_rejections', mark: 'debts' });
  await makeDebts(stack, batchId, rows);
  await recordChunks(stack, batchId, 'validate');
  await killLines(stack, { batchId, rows, stage: 'issue', queue: 'boleto-generator.chunks' });
  return batchId;
}

async function makeDebts(stack: Stack, batchId: string, rows: number): Promise<void> {
  const { query } = stack;
  const { id } = await rowOf<{ id: string }>(
    stack,
    `insert into debtors (issuer_id, document, name)
     values ($1, '52998224725', 'Ana de Souza')
     on conflict (issuer_id, document) do update set name = excluded.name
     returning id`,
    [ISSUER],
  );
  await query(
    `insert into debts (issuer_id, debt_id, debtor_id, email, amount_centavos, due_date, batch_id, chunk_no, line)
     select $1, $2::uuid || '-' || n, $3, 'ana@example.com', $4, $5, $2::uuid, n / $6, $7 + n
     from generate_series(0, $8::int - 1) as n`,
    [ISSUER, batchId, id, AMOUNT, DUE, ROWS_OF_CHUNK, FIRST_LINE, rows],
  );
}

async function recordChunks({ query }: Stack, batchId: string, stage: 'validate' | 'issue'): Promise<void> {
  await query(
    `insert into chunk_results (batch_id, chunk_no, stage, from_line, rows, accepted, centavos)
     select batch_id, chunk_no, $2, first_line, rows, rows, case when $2 = 'issue' then rows * $3::bigint end
     from chunks
     where batch_id = $1`,
    [batchId, stage, AMOUNT],
  );
}

interface Killed {
  readonly batchId: string;
  readonly rows: number;
  readonly stage: 'validate' | 'issue';
  readonly queue: string;
}

/** Each line a letter of its own; its row counts as dead. */
async function killLines({ query }: Stack, { batchId, rows, stage, queue }: Killed): Promise<void> {
  const values = [batchId, ROWS_OF_CHUNK, FIRST_LINE, rows];
  await query(
    `insert into chunk_results (batch_id, chunk_no, stage, from_line, to_line, rows, dead)
     select $1::uuid, n / $2, $5, $3 + n, $3 + n, 1, 1
     from generate_series(0, $4::int - 1) as n`,
    [...values, stage],
  );
  await query(
    `insert into dead_letters (queue, message_id, message_name, body, headers, reason, error, attempts, first_failed_at,
                               batch_id, chunk_no, line, fingerprint)
     select $5, gen_random_uuid(), $6,
            convert_to(json_build_object('batchId', $1::uuid, 'chunkNo', n / $2, 'fromLine', $3 + n, 'toLine', $3 + n)::text, 'UTF8'),
            '{"x-attempt": 6}', 'gave up after 6 attempts: no luck with line ' || ($3 + n),
            '{"type": "Error", "message": "no luck"}', 6, now(), $1, n / $2, $3 + n, $7
     from generate_series(0, $4::int - 1) as n`,
    [
      ...values,
      queue,
      stage === 'validate' ? 'chunk.ready.v1' : 'chunk.validated.v1',
      stage === 'validate' ? '00000000000000a1' : '00000000000000b1',
    ],
  );
}

/** Boletos whose e-mails failed when their messages died. The batch itself is complete. */
async function makeDeadEmails(stack: Stack, rows: number): Promise<string> {
  const { query } = stack;
  const batchId = await makeBatch(stack, { rows, status: 'completed', mark: 'emails' });
  await makeDebts(stack, batchId, rows);
  await recordChunks(stack, batchId, 'validate');
  await recordChunks(stack, batchId, 'issue');
  await makeBoletos(stack, batchId);
  await query(
    `insert into notifications (boleto_id, kind, batch_id, recipient, status, attempts, last_error)
     select id, 'boleto_issued', batch_id, 'ana@example.com', 'failed', 6,
            '{"class": "dead", "code": "DEAD", "message": "no luck"}'
     from boletos
     where batch_id = $1`,
    [batchId],
  );
  await query(
    `insert into dead_letters (queue, message_id, message_name, body, headers, reason, error, attempts, first_failed_at, batch_id, fingerprint)
     select 'notifier.recipients', gen_random_uuid(), 'notification.due.v1',
            convert_to(json_build_object('batchId', batch_id, 'boletoId', id, 'kind', 'boleto_issued')::text, 'UTF8'),
            '{"x-attempt": 6}', 'gave up after 6 attempts: 451 try later, boleto ' || id,
            '{"type": "Error", "message": "451 try later"}', 6, now(), batch_id, '00000000000000c1'
     from boletos
     where batch_id = $1`,
    [batchId],
  );
  return batchId;
}

async function makeBoletos(stack: Stack, batchId: string): Promise<void> {
  const { query } = stack;
  const { bank_code: bankCode, account } = await rowOf<{ bank_code: string; account: object }>(
    stack,
    'select bank_code, account from issuers where id = $1',
    [ISSUER],
  );
  const compose = composerFor({ bankCode, ...account } as BankAccount);
  const debts = await rowsOf<{ id: string }>(stack, 'select id from debts where batch_id = $1 order by line', [
    batchId,
  ]);
  const boletos = debts.map(({ id }: { id: string }, at: number) => {
    const title = { sequence: BigInt(at + 1), amount: centavos(AMOUNT), dueDate: dayOf(DUE) };
    return { debtId: id, sequence: at + 1, composed: compose(title) };
  });
  for (let at = 0; at < boletos.length; at += BOLETOS_AT_ONCE) {
    const some = boletos.slice(at, at + BOLETOS_AT_ONCE);
    await query(
      `insert into boletos (id, issuer_id, debt_id, batch_id, chunk_no, nosso_numero, nosso_numero_impresso, codigo_barras,
                            linha_digitavel, issued_on)
       select gen_random_uuid(), d.issuer_id, d.id, d.batch_id, d.chunk_no, b.n, b.printed, b.barcode, b.line, current_date
       from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[]) as b (debt_id, n, printed, barcode, line)
       join debts d on d.id = b.debt_id`,
      [
        some.map(({ debtId }) => debtId),
        some.map(({ sequence }) => sequence),
        some.map(({ composed }) => composed.nossoNumeroImpresso),
        some.map(({ composed }) => composed.codigoBarras),
        some.map(({ composed }) => composed.linhaDigitavel),
      ],
    );
  }
  await query(
    'update bank_accounts set next_nosso_numero = $2 where id = (select bank_account_id from issuers where id = $1)',
    [ISSUER, boletos.length + 1],
  );
}
