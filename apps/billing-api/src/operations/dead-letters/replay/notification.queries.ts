import type { EntityManager } from 'typeorm';
import type { ChunkPart } from '#contracts';

/** E-mails that are failed because their own message died are to be tried again. What a server refused stays failed. */
export async function reviveEmails(
  tx: EntityManager,
  emails: readonly { readonly boletoId: string; readonly kind: string }[],
): Promise<void> {
  if (emails.length === 0) return;
  await tx.query(
    `update notifications n
     set status = 'pending', updated_at = now()
     from unnest($1::uuid[], $2::text[]) as e (boleto_id, kind)
     -- A delivery that sent it after all is waited for: then it is sent, and not revived.
     where n.boleto_id = e.boleto_id and n.kind = e.kind and n.status = 'failed' and n.last_error ->> 'class' = 'dead'`,
    [emails.map(({ boletoId }) => boletoId), emails.map(({ kind }) => kind)],
  );
}

/** The same for all e-mails of a part. Their attempts count from 0: the message of a part only sends untried ones. */
export async function reviveEmailsOfPart(tx: EntityManager, part: ChunkPart): Promise<void> {
  await tx.query(
    `update notifications n
     set status = 'pending', attempts = 0, updated_at = now()
     from boletos b
     join debts d on d.id = b.debt_id
     where b.batch_id = $1 and b.chunk_no = $2 and d.line >= $3 and ($4::bigint is null or d.line <= $4)
       -- As for single ones.
       and n.boleto_id = b.id and n.status = 'failed' and n.last_error ->> 'class' = 'dead'`,
    [part.batchId, part.chunkNo, part.fromLine, part.toLine],
  );
}
