import type { EntityManager } from 'typeorm';
import type { ChunkPart, Message } from '#contracts';
import type { Dialect } from '#debts-csv';
import type { DeadLetter } from '#broker';
import type { Suspicion } from './suspicion.ts';

/**
 * False if this message already died in this queue and is already kept. A replay that failed again names its letter.
 * Neighbours that were replayed together and then halved have messages of their own: the letter of this row is the one
 * that is found.
 */
export async function insertDeadLetter(
  tx: EntityManager,
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
  const rows: unknown[] = await tx.query(
    `insert into dead_letters (queue, message_id, message_name, body, headers, reason, error, attempts, first_failed_at,
                               batch_id, chunk_no, line, fingerprint, failure_class, replay_of)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
             coalesce(
               (select id from dead_letters where replayed_as = $2 order by line is distinct from $12, id limit 1),
               (select id
                from dead_letters
                where batch_id = $10 and chunk_no = $11 and line = $12 and status = 'replayed' and queue = any($15)
                order by id desc
                limit 1)))
     -- Only settled letters are ever removed, after DEAD_LETTER_RETENTION_DAYS: a letter that is there stays.
     on conflict do nothing
     returning id`,
    [
      letter.queue,
      letter.messageId,
      letter.messageName,
      letter.body,
      JSON.stringify(letter.headers),
      letter.reason,
      letter.error === null ? null : JSON.stringify(letter.error),
      letter.attempts,
      letter.firstFailedAt,
      about.batchId,
      about.chunkNo,
      about.line,
      about.fingerprint,
      letter.failureClass,
      about.queues,
    ],
  );
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

export async function findChunkBytes(
  tx: EntityManager,
  { batchId, chunkNo }: ChunkPart,
): Promise<ChunkBytes | undefined> {
  const rows: {
    storage_key: string;
    byte_offset: string;
    byte_length: number;
    first_line: string;
    dialect: Dialect;
  }[] = await tx.query(
    `select b.storage_key, b.dialect, c.byte_offset, c.byte_length, c.first_line
     from chunks c
     join batches b on b.id = c.batch_id
     where c.batch_id = $1 and c.chunk_no = $2`,
    [batchId, chunkNo],
  );
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

/** The lines of a part's debts, ascending. */
export async function findDebtLines(tx: EntityManager, part: ChunkPart): Promise<readonly number[]> {
  const rows: { line: string }[] = await tx.query(
    `select line
     from debts
     where batch_id = $1 and chunk_no = $2 and line >= $3 and ($4::bigint is null or line <= $4)
     order by line`,
    [part.batchId, part.chunkNo, part.fromLine, part.toLine],
  );
  return rows.map(({ line }) => Number(line));
}

/**
 * Counts the rows of a chunk that nothing accounts for yet at a stage. Used for a part whose rows can no longer be
 * listed.
 */
export async function countUnaccountedRows(tx: EntityManager, { stage, part }: Suspicion): Promise<number> {
  const rows: { rows: number }[] = await tx.query(
    `select c.rows - coalesce(sum(r.rows), 0)::int as rows
     from chunks c
     left join chunk_results r on r.batch_id = c.batch_id and r.chunk_no = c.chunk_no and r.stage = $3
     where c.batch_id = $1 and c.chunk_no = $2
     group by c.rows`,
    [part.batchId, part.chunkNo, stage],
  );
  return rows[0]?.rows ?? 0;
}

/** False if it has already ended. */
export async function failExport(tx: EntityManager, exportId: string): Promise<boolean> {
  const [rows]: [unknown[], number] = await tx.query(
    `update exports
     set status = 'failed', failure = jsonb_build_object('code', 'EXPORT_FAILED', 'message', $2::text)
     -- One that is being completed is waited for: then no row is updated, and its file stays.
     where id = $1 and status in ('requested', 'running')
     returning id`,
    [exportId, EXPORT_FAILED],
  );
  return rows.length === 1;
}

/**
 * Fails every e-mail of a part that has no final outcome yet. The update waits for a transaction that is changing the
 * row, and then checks the row again.
 */
export async function failNotificationsOfPart(tx: EntityManager, part: ChunkPart, reason: string): Promise<void> {
  await tx.query(
    `insert into notifications (boleto_id, kind, batch_id, recipient, status, last_error)
     select b.id, 'boleto_issued', b.batch_id, d.email, 'failed', jsonb_build_object('class', 'dead', 'code', 'DEAD', 'message', $5::text)
     from boletos b
     join debts d on d.id = b.debt_id
     where b.batch_id = $1 and b.chunk_no = $2 and d.line >= $3 and ($4::bigint is null or d.line <= $4)
     on conflict (boleto_id, kind) do update
       set status = 'failed', last_error = excluded.last_error, updated_at = now()
       -- An e-mail whose outcome is being recorded is waited for and keeps it; one that is being sent counts when it is sent.
       where notifications.status = 'pending'`,
    [part.batchId, part.chunkNo, part.fromLine, part.toLine, reason],
  );
}

export async function failNotification(
  tx: EntityManager,
  { boletoId, kind }: Message<'notification.due.v1'>,
  reason: string,
): Promise<void> {
  await tx.query(
    `update notifications
     set status = 'failed', last_error = jsonb_build_object('class', 'dead', 'code', 'DEAD', 'message', $3::text), updated_at = now()
     -- As for those of a part.
     where boleto_id = $1 and kind = $2 and status = 'pending'`,
    [boletoId, kind, reason],
  );
}
