import type { EntityManager } from 'typeorm';
import type { Message } from '#contracts';
import type { DeadLetter } from '#messaging';

type Part = Message<'chunk.ready.v1'>;

/** False if this message died in this queue before and is kept already. */
export async function insertDeadLetter(
  tx: EntityManager,
  letter: DeadLetter,
  about: { readonly batchId: string | null; readonly chunkNo: number | null },
): Promise<boolean> {
  const rows: unknown[] = await tx.query(
    `insert into dead_letters (queue, message_id, message_name, body, headers, reason, error, attempts, first_failed_at, batch_id, chunk_no)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
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
    ],
  );
  return rows.length === 1;
}

export async function failBatch(tx: EntityManager, batchId: string, reason: string): Promise<void> {
  await tx.query(
    `update batches
     set status = 'failed', failure = jsonb_build_object('code', 'SPLIT_FAILED', 'message', $2::text)
     where id = $1 and status in ('received', 'splitting')`,
    [batchId, reason],
  );
}

/** All rows of a chunk that could not be validated. A chunk that has a result already keeps it. */
export async function insertDeadRowsOfPart(tx: EntityManager, { batchId, chunkNo, fromLine }: Part): Promise<void> {
  await tx.query(
    `insert into chunk_results (batch_id, chunk_no, stage, from_line, rows, dead)
     select batch_id, chunk_no, 'validate', $3, rows, rows
     from chunks
     where batch_id = $1 and chunk_no = $2
     on conflict do nothing`,
    [batchId, chunkNo, fromLine],
  );
}

/** All debts of a part that could not be issued. */
export async function insertDeadRowsOfDebts(tx: EntityManager, part: Part): Promise<void> {
  await tx.query(
    `insert into chunk_results (batch_id, chunk_no, stage, from_line, rows, dead)
     select $1, $2, 'issue', $3, count(*), count(*)
     from debts
     where batch_id = $1 and chunk_no = $2 and line >= $3 and ($4::bigint is null or line <= $4)
     on conflict do nothing`,
    [part.batchId, part.chunkNo, part.fromLine, part.toLine],
  );
}

/** False if it has ended before. */
export async function failExport(tx: EntityManager, exportId: string, reason: string): Promise<boolean> {
  const [rows]: [unknown[], number] = await tx.query(
    `update exports
     set status = 'failed', failure = jsonb_build_object('code', 'EXPORT_FAILED', 'message', $2::text)
     where id = $1 and status in ('requested', 'running')
     returning id`,
    [exportId, reason],
  );
  return rows.length === 1;
}

/** Every e-mail of a part that has no final outcome yet. */
export async function failNotificationsOfPart(tx: EntityManager, part: Part, reason: string): Promise<void> {
  await tx.query(
    `insert into notifications (boleto_id, kind, batch_id, recipient, status, last_error)
     select b.id, 'boleto_issued', b.batch_id, d.email, 'failed', jsonb_build_object('class', 'dead', 'code', 'DEAD', 'message', $5::text)
     from boletos b
     join debts d on d.id = b.debt_id
     where b.batch_id = $1 and b.chunk_no = $2 and d.line >= $3 and ($4::bigint is null or d.line <= $4)
     on conflict (boleto_id, kind) do update
       set status = 'failed', last_error = excluded.last_error, updated_at = now()
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
     where boleto_id = $1 and kind = $2 and status = 'pending'`,
    [boletoId, kind, reason],
  );
}
