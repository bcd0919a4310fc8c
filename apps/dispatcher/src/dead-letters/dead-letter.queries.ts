import type { DeadLetter } from '#broker';
import type { ChunkPart, Message } from '#contracts';
import { column, sql, type Db, type Tx } from '#database';
import type { Dialect } from '#debts-csv';
import type { Suspicion } from './suspicion.ts';

const INSERT_DEAD_LETTER = sql.returning({ id: 'int8' })`
  insert into dead_letters (queue, message_id, message_name, body, headers, reason, error, attempts, first_failed_at,
                            batch_id, chunk_no, line, fingerprint, failure_class, replay_of)
  values (${'queue'}, ${'messageId'}, ${'messageName'}, ${'body'}, ${'headers'}, ${'reason'}, ${'error'}, ${'attempts'}, ${'firstFailedAt'}, ${'batchId'}, ${'chunkNo'}, ${'line'}, ${'fingerprint'}, ${'failureClass'},
          coalesce(
            (select id from dead_letters where replayed_as = ${'messageId'} order by line is distinct from ${'line'}, id limit 1),
            (select id
             from dead_letters
             where batch_id = ${'batchId'} and chunk_no = ${'chunkNo'} and line = ${'line'} and status = 'replayed' and queue = any(${'queues'})
             order by id desc
             limit 1)))
  -- Only settled letters are ever removed, after DEAD_LETTER_RETENTION_DAYS: a letter that is there stays.
  on conflict do nothing
  returning id`;

/**
 * False if this message already died in this queue and is already kept. A replay that failed again names its letter.
 * Neighbours that were replayed together and then halved have messages of their own: the letter of this row is the one
 * that is found.
 */
export async function insertDeadLetter(
  tx: Tx,
  letter: DeadLetter,
  about: {
    readonly batchId: string | null;
    readonly chunkNo: number | null;
    readonly line: number | undefined;
    /** Those of its stage. */
    readonly queues: readonly string[];
    readonly fingerprint: string;
  },
): Promise<boolean> {
  const rows = await INSERT_DEAD_LETTER.rows(tx, {
    queue: letter.queue,
    messageId: letter.messageId ?? null,
    messageName: letter.messageName ?? null,
    body: letter.body,
    headers: JSON.stringify(letter.headers),
    reason: letter.reason,
    error: letter.error === null ? null : JSON.stringify(letter.error),
    attempts: letter.attempts ?? null,
    firstFailedAt: letter.firstFailedAt ?? null,
    batchId: about.batchId,
    chunkNo: about.chunkNo,
    line: about.line ?? null,
    fingerprint: about.fingerprint,
    failureClass: letter.failureClass,
    queues: about.queues,
  });
  return rows.length === 1;
}

/** The text for the uploader. The reason in the letter is for operators. */
export const SPLIT_FAILED = {
  code: 'SPLIT_FAILED',
  message: 'O arquivo não pôde ser lido até o fim, por uma falha nossa. Avise o suporte, ou envie-o de novo.',
};
const EXPORT_FAILED =
  'O arquivo de boletos não pôde ser gerado, por uma falha nossa. Peça-o de novo, ou avise o suporte.';

export interface ChunkBytes {
  readonly storageKey: string;
  readonly byteOffset: number;
  readonly byteLength: number;
  readonly firstLine: number;
  readonly dialect: Dialect;
}

const FIND_CHUNK_BYTES = sql.returning({
  storage_key: 'text',
  dialect: column<Dialect>('jsonb'),
  byte_offset: 'int8',
  byte_length: 'int4',
  first_line: 'int8',
})`
  select b.storage_key, b.dialect, c.byte_offset, c.byte_length, c.first_line
  from chunks c
  join batches b on b.id = c.batch_id
  where c.batch_id = ${'batchId'} and c.chunk_no = ${'chunkNo'}`;

export async function findChunkBytes(db: Db, { batchId, chunkNo }: ChunkPart): Promise<ChunkBytes | undefined> {
  const rows = await FIND_CHUNK_BYTES.rows(db, { batchId, chunkNo });
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    storageKey: row.storage_key,
    byteOffset: Number(row.byte_offset),
    byteLength: row.byte_length,
    firstLine: Number(row.first_line),
    dialect: row.dialect,
  };
}

const FIND_DEBT_LINES = sql.returning({ line: 'int8' })`
  select line
  from debts
  where batch_id = ${'batchId'} and chunk_no = ${'chunkNo'} and line >= ${'fromLine'} and (${'toLine'}::bigint is null or line <= ${'toLine'})
  order by line`;

/** The lines of a part's debts, ascending. */
export async function findDebtLines(db: Db, part: ChunkPart): Promise<readonly number[]> {
  const rows = await FIND_DEBT_LINES.rows(db, {
    batchId: part.batchId,
    chunkNo: part.chunkNo,
    fromLine: part.fromLine,
    toLine: part.toLine,
  });
  return rows.map(({ line }) => Number(line));
}

const COUNT_UNACCOUNTED_ROWS = sql.returning({ rows: 'int4' })`
  select c.rows - coalesce(sum(r.rows), 0)::int as rows
  from chunks c
  left join chunk_results r on r.batch_id = c.batch_id and r.chunk_no = c.chunk_no and r.stage = ${'stage'}
  where c.batch_id = ${'batchId'} and c.chunk_no = ${'chunkNo'}
  group by c.rows`;

/**
 * Counts the rows of a chunk that nothing accounts for yet at a stage. Used for a part whose rows can no longer be
 * listed.
 */
export async function countUnaccountedRows(tx: Tx, { stage, part }: Suspicion): Promise<number> {
  const rows = await COUNT_UNACCOUNTED_ROWS.rows(tx, { batchId: part.batchId, chunkNo: part.chunkNo, stage });
  return rows[0]?.rows ?? 0;
}

const FAIL_EXPORT = sql.returning({ id: 'uuid' })`
  update exports
  set status = 'failed', failure = jsonb_build_object('code', 'EXPORT_FAILED', 'message', ${'exportFailed'}::text)
  -- One that is being completed is waited for: then no row is updated, and its file stays.
  where id = ${'exportId'} and status in ('requested', 'running')
  returning id`;

/** False if it has already ended. */
export async function failExport(tx: Tx, exportId: string): Promise<boolean> {
  const rows = await FAIL_EXPORT.rows(tx, { exportId, exportFailed: EXPORT_FAILED });
  return rows.length === 1;
}

const FAIL_NOTIFICATIONS_OF_PART = sql`
  insert into notifications (boleto_id, kind, batch_id, recipient, status, last_error)
  select b.id, 'boleto_issued', b.batch_id, d.email, 'failed', jsonb_build_object('class', 'dead', 'code', 'DEAD', 'message', ${'reason'}::text)
  from boletos b
  join debts d on d.id = b.debt_id
  where b.batch_id = ${'batchId'} and b.chunk_no = ${'chunkNo'} and d.line >= ${'fromLine'} and (${'toLine'}::bigint is null or d.line <= ${'toLine'})
  on conflict (boleto_id, kind) do update
    set status = 'failed', last_error = excluded.last_error, updated_at = now()
    -- An e-mail whose outcome is being recorded is waited for and keeps it; one that is being sent counts when it is sent.
    where notifications.status = 'pending'`;

const FORGET_MAIL_HINT = sql`
  delete from mail_parts where batch_id = ${'batchId'} and chunk_no = ${'chunkNo'} and from_line >= ${'fromLine'} and (${'toLine'}::bigint is null or to_line <= ${'toLine'})`;

/**
 * Fails every e-mail of a part that has no final outcome yet. The update waits for a transaction that is changing the
 * row, and then checks the row again.
 */
export async function failNotificationsOfPart(tx: Tx, part: ChunkPart, reason: string): Promise<void> {
  await FAIL_NOTIFICATIONS_OF_PART.run(tx, {
    batchId: part.batchId,
    chunkNo: part.chunkNo,
    fromLine: part.fromLine,
    toLine: part.toLine,
    reason,
  });
  const { batchId, chunkNo, fromLine, toLine } = part;
  await FORGET_MAIL_HINT.run(tx, { batchId, chunkNo, fromLine, toLine });
}

const FAIL_NOTIFICATION = sql`
  update notifications
  set status = 'failed', last_error = jsonb_build_object('class', 'dead', 'code', 'DEAD', 'message', ${'reason'}::text), updated_at = now()
  -- As for those of a part.
  where boleto_id = ${'boletoId'} and kind = ${'kind'} and status = 'pending'`;

export async function failNotification(
  tx: Tx,
  { boletoId, kind }: Message<'notification.due.v1'>,
  reason: string,
): Promise<void> {
  await FAIL_NOTIFICATION.run(tx, { boletoId, kind, reason });
}
