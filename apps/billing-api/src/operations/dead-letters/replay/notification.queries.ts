import { OPERATED_BATCH, type TenantTx } from '#access';
import type { ChunkPart } from '#contracts';
import { sql } from '#database';

const REVIVE_EMAILS = sql`
  update notifications n
  set status = 'pending', updated_at = now()
  from unnest(${'boletoIds'}::uuid[], ${'kinds'}::text[]) as e (boleto_id, kind)
  join boletos o on o.id = e.boleto_id
  join batches b on b.id = o.batch_id
  -- A delivery that sent it after all is waited for: then it is sent, and not revived.
  where ${OPERATED_BATCH} and n.boleto_id = e.boleto_id and n.kind = e.kind and n.status = 'failed' and n.last_error ->> 'class' = 'dead'`;

/** E-mails that are failed because their own message died are to be tried again. What a server refused stays failed. */
export async function reviveEmails(
  tx: TenantTx,
  emails: readonly { readonly boletoId: string; readonly kind: string }[],
): Promise<void> {
  if (emails.length === 0) return;
  await REVIVE_EMAILS.run(tx, {
    ...tx.scope,
    boletoIds: emails.map(({ boletoId }) => boletoId),
    kinds: emails.map(({ kind }) => kind),
  });
}

const REVIVE_EMAILS_OF_PART = sql`
  update notifications n
  set status = 'pending', attempts = 0, updated_at = now()
  from batches b
  join boletos o on o.batch_id = b.id
  join debts d on d.id = o.debt_id
  where b.id = ${'batchId'} and ${OPERATED_BATCH} and o.chunk_no = ${'chunkNo'} and d.line >= ${'fromLine'} and (${'toLine'}::bigint is null or d.line <= ${'toLine'})
    -- As for single ones.
    and n.boleto_id = o.id and n.status = 'failed' and n.last_error ->> 'class' = 'dead'`;

/** The same for all e-mails of a part. Their attempts count from 0: the message of a part only sends untried ones. */
export async function reviveEmailsOfPart(tx: TenantTx, part: ChunkPart): Promise<void> {
  await REVIVE_EMAILS_OF_PART.run(tx, {
    ...tx.scope,
    batchId: part.batchId,
    chunkNo: part.chunkNo,
    fromLine: part.fromLine,
    toLine: part.toLine,
  });
}
