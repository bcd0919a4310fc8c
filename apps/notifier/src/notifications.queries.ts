import type { EntityManager } from 'typeorm';
import type { Message } from '#contracts';
import type { Attempt } from './boleto-mailer.ts';

type Part = Message<'chunk.issued.v1'>;
type Kind = Message<'notification.due.v1'>['kind'];

/**
 * One pending e-mail for each boleto of the part that can be paid; a redelivered part finds them there. The batch is
 * not asked: a batch cancelled half way leaves boletos that the bank honours, and whoever owes must know of them.
 */
export async function insertPending(tx: EntityManager, part: Part): Promise<void> {
  await tx.query(
    `insert into notifications (boleto_id, kind, batch_id, recipient, status)
     select b.id, 'boleto_issued', b.batch_id, d.email, 'pending'
     from boletos b
     join debts d on d.id = b.debt_id
     where b.batch_id = $1 and b.chunk_no = $2 and d.line >= $3 and ($4::bigint is null or d.line <= $4)
       and b.status in ('issued', 'registered')
     on conflict (boleto_id, kind) do nothing`,
    [part.batchId, part.chunkNo, part.fromLine, part.toLine],
  );
}

/**
 * The boletos of the part whose e-mail was never tried, in line order. One that was tried and is still pending has a
 * message of its own, which alone tries it again.
 */
export async function findUntried(tx: EntityManager, part: Part): Promise<readonly string[]> {
  const rows: { boleto_id: string }[] = await tx.query(
    `select n.boleto_id
     from boletos b
     join debts d on d.id = b.debt_id
     join notifications n on n.boleto_id = b.id
     where b.batch_id = $1 and b.chunk_no = $2 and d.line >= $3 and ($4::bigint is null or d.line <= $4)
       and n.kind = 'boleto_issued' and n.status = 'pending' and n.attempts = 0
     order by d.line`,
    [part.batchId, part.chunkNo, part.fromLine, part.toLine],
  );
  return rows.map((row) => row.boleto_id);
}

export async function findNotification(
  tx: EntityManager,
  boletoId: string,
  kind: Kind,
): Promise<{ readonly status: 'pending' | 'sent' | 'failed'; readonly attempts: number } | undefined> {
  const rows: { status: 'pending' | 'sent' | 'failed'; attempts: number }[] = await tx.query(
    `select status, attempts from notifications where boleto_id = $1 and kind = $2`,
    [boletoId, kind],
  );
  return rows[0];
}

const STATUS = { delivered: 'sent', permanent: 'failed', transient: 'pending' } as const;

/**
 * Writes what became of the attempts and returns the boletos that are to be tried again. Attempts that found the
 * server unavailable are left out: they were none. `attemptsBefore` fences off a delivery that lost its message to
 * another: its failures do not count if somebody has tried since. A delivered e-mail always counts.
 */
export async function recordAttempts(
  tx: EntityManager,
  kind: Kind,
  attempts: readonly Attempt[],
  attemptsBefore: number,
): Promise<readonly string[]> {
  const tried = attempts.flatMap(({ boletoId, messageId, outcome }) => {
    if (outcome.kind === 'unavailable') return [];
    const lastError =
      outcome.kind === 'delivered' ? null : { class: outcome.kind, code: outcome.code, message: outcome.message };
    return [{ boletoId, messageId, status: STATUS[outcome.kind], lastError }];
  });
  if (tried.length === 0) return [];
  const [rows]: [{ boleto_id: string; status: string }[], number] = await tx.query(
    `update notifications n
     set status = a.status,
         attempts = n.attempts + 1,
         message_id = coalesce(n.message_id, a.message_id),
         last_error = coalesce(a.last_error, n.last_error),
         updated_at = now()
     from unnest($3::uuid[], $4::text[], $5::text[], $6::jsonb[]) as a (boleto_id, message_id, status, last_error)
     where n.boleto_id = a.boleto_id
       and n.kind = $1
       and n.status = 'pending'
       and (a.status = 'sent' or n.attempts = $2)
     returning n.boleto_id, n.status`,
    [
      kind,
      attemptsBefore,
      tried.map(({ boletoId }) => boletoId),
      tried.map(({ messageId }) => messageId),
      tried.map(({ status }) => status),
      tried.map(({ lastError }) => (lastError === null ? null : JSON.stringify(lastError))),
    ],
  );
  return rows.filter(({ status }) => status === 'pending').map((row) => row.boleto_id);
}
