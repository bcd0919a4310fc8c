import type { ChunkPart, Message } from '#contracts';
import { column, sql, type Db, type Tx } from '#database';
import { concernsAll, type Attempt } from '../boletos/boleto-mailer.ts';

export type Kind = Message<'notification.due.v1'>['kind'];

/** The first boletos of a part, in line order, and the line where the rest begins. */
export interface Slice {
  /**
   * Boletos whose e-mail was never tried. An e-mail that was tried and is still pending has a message of its own, and
   * only that message tries it again.
   */
  readonly untried: readonly { readonly boletoId: string; readonly line: number }[];
  /** The line of the first boleto after the slice; undefined when there is none. */
  readonly nextLine: number | undefined;
}

const OPEN_SLICE = sql.returning({ boleto_id: 'uuid', line: 'int8', is_untried: 'bool' })`
  with slice as materialized (
    select b.id as boleto_id, b.batch_id, b.status, d.email, d.line
    from debts d
    join boletos b on b.debt_id = d.id
    where d.batch_id = ${'batchId'} and d.chunk_no = ${'chunkNo'} and d.line >= ${'fromLine'} and (${'toLine'}::bigint is null or d.line <= ${'toLine'})
      and b.batch_id = ${'batchId'} and b.chunk_no = ${'chunkNo'}
    order by d.line
    limit ${'limit'}
  ), inserted as (
    insert into notifications (boleto_id, kind, batch_id, recipient, status)
    select boleto_id, 'boleto_issued', batch_id, email, 'pending'
    from slice
    where status in ('issued', 'registered')
    -- Notifications are never deleted. The status of an existing one is read below, and it is claimed before it is
    -- mailed.
    on conflict (boleto_id, kind) do nothing
  )
  select s.boleto_id, s.line,
         coalesce(n.status = 'pending' and n.attempts = 0, s.status in ('issued', 'registered')) as is_untried
  from slice s
  left join notifications n on n.boleto_id = s.boleto_id and n.kind = 'boleto_issued'
  order by s.line`;

/**
 * Returns the first `boletosMax` boletos of the part, and inserts a pending e-mail for each that can be paid. A
 * redelivered part finds those rows. The status of the batch does not matter: a batch cancelled half way leaves boletos
 * that the bank honours, and their debtors must know of them.
 */
export async function openSlice(tx: Tx, part: ChunkPart, boletosMax: number): Promise<Slice> {
  const rows = await OPEN_SLICE.rows(tx, {
    batchId: part.batchId,
    chunkNo: part.chunkNo,
    fromLine: part.fromLine,
    toLine: part.toLine,
    limit: boletosMax + 1,
  });
  const next = rows[boletosMax];
  return {
    untried: rows
      .slice(0, boletosMax)
      .flatMap((row) => (row.is_untried ? [{ boletoId: row.boleto_id, line: Number(row.line) }] : [])),
    nextLine: next === undefined ? undefined : Number(next.line),
  };
}

const FIND_UNTRIED = sql.returning({ boleto_id: 'uuid' })`
  select boleto_id
  from notifications
  where boleto_id = any(${'boletoIds'}::uuid[]) and kind = 'boleto_issued' and status = 'pending' and attempts = 0`;

/** Those of the boletos whose e-mail was never tried, even if a delivery holds it. */
export async function findUntried(db: Db, boletoIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await FIND_UNTRIED.rows(db, { boletoIds });
  return new Set(rows.map((row) => row.boleto_id));
}

const CLAIM_UNTRIED = sql.returning({ boleto_id: 'uuid' })`
  update notifications n
  set claimed_by = ${'owner'}, claimed_until = clock_timestamp() + make_interval(secs => ${'leaseMs'}::double precision / 1000)
  from (
    select boleto_id
    from notifications
    -- E-mails that already have an outcome are neither locked nor claimed.
    where boleto_id = any(${'boletoIds'}::uuid[]) and kind = ${'kind'} and status = 'pending' and attempts = ${'attempts'}
      and (claimed_until is null or claimed_until <= clock_timestamp())
    -- Another delivery is claiming these rows. If it releases them, restOf finds them again.
    for update skip locked
  ) free
  where n.boleto_id = free.boleto_id and n.kind = ${'kind'}
  returning n.boleto_id`;

/**
 * Claims those of the boletos' e-mails that are pending after `attempts` attempts and held by no delivery. Returns them
 * in the order of the argument. Skips rows that another delivery is claiming at this moment.
 */
export async function claimUntried(
  db: Db,
  kind: Kind,
  {
    boletoIds,
    attempts,
    owner,
    leaseMs,
  }: {
    readonly boletoIds: readonly string[];
    readonly attempts: number;
    readonly owner: string;
    readonly leaseMs: number;
  },
): Promise<readonly string[]> {
  const rows = await CLAIM_UNTRIED.rows(db, { boletoIds, kind, attempts, owner, leaseMs });
  const claimed = new Set(rows.map((row) => row.boleto_id));
  return boletoIds.filter((boletoId) => claimed.has(boletoId));
}

const EXTEND_CLAIMS = sql.returning({ boleto_id: 'uuid' })`
  update notifications
  set claimed_until = clock_timestamp() + make_interval(secs => ${'leaseMs'}::double precision / 1000)
  where boleto_id = any(${'boletoIds'}::uuid[]) and kind = ${'kind'} and claimed_by = ${'owner'}
  returning boleto_id`;

/** Extends the claims that are still held and returns their boletos. */
export async function extendClaims(
  db: Db,
  claim: {
    readonly boletoIds: readonly string[];
    readonly kind: Kind;
    readonly owner: string;
    readonly leaseMs: number;
  },
): Promise<readonly string[]> {
  const rows = await EXTEND_CLAIMS.rows(db, claim);
  return rows.map((row) => row.boleto_id);
}

const RELEASE_CLAIMS = sql`
  update notifications
  set claimed_by = null, claimed_until = null
  where boleto_id = any(${'boletoIds'}::uuid[]) and kind = ${'kind'} and claimed_by = ${'owner'}`;

export async function releaseClaims(db: Db, kind: Kind, owner: string, boletoIds: readonly string[]): Promise<void> {
  await RELEASE_CLAIMS.run(db, { boletoIds, kind, owner });
}

export interface FoundNotification {
  readonly status: 'pending' | 'sent' | 'failed';
  readonly attempts: number;
  /** Null until the first attempt has been recorded. */
  readonly messageId: string | null;
}

const FIND_NOTIFICATION = sql.returning({
  status: column<'pending' | 'sent' | 'failed'>('text'),
  attempts: 'int4',
  messageId: 'text?',
})`
  select status, attempts, message_id as "messageId" from notifications where boleto_id = ${'boletoId'} and kind = ${'kind'}`;

export async function findNotification(db: Db, boletoId: string, kind: Kind): Promise<FoundNotification | undefined> {
  const rows = await FIND_NOTIFICATION.rows(db, { boletoId, kind });
  return rows[0];
}

const STATUS: Readonly<Record<Exclude<Attempt['outcome']['kind'], 'throttled' | 'unavailable'>, string>> = {
  delivered: 'sent',
  invalid: 'failed',
  permanent: 'failed',
  transient: 'pending',
  unknown: 'pending',
};

const RECORD_ATTEMPTS = sql.returning({ boleto_id: 'uuid', status: 'text' })`
  update notifications n
  set status = a.status,
      attempts = n.attempts + 1,
      message_id = coalesce(n.message_id, a.message_id),
      last_error = coalesce(a.last_error, n.last_error),
      updated_at = now(),
      claimed_by = null,
      claimed_until = null
  from unnest(${'boletoIds'}::uuid[], ${'messageIds'}::text[], ${'statuses'}::text[], ${'lastErrors'}::jsonb[]) as a (boleto_id, message_id, status, last_error)
  where n.boleto_id = a.boleto_id
    and n.kind = ${'kind'}
    -- The update waits for an outcome being recorded at the same time. That outcome stays: sent, or failed by the
    -- server's reply.
    and (n.status = 'pending' or (n.status = 'failed' and n.last_error ->> 'class' = 'dead' and a.status = 'sent'))
    -- A failure that is out of date is not recorded.
    and (a.status = 'sent' or n.attempts = ${'attemptsBefore'})
  returning n.boleto_id, n.status`;

/**
 * Records the outcomes of the attempts, ends their claims and returns the boletos to try again. Attempts that found
 * that no e-mail would pass are left out, because they do not count. `attemptsBefore` fences off a delivery that lost
 * its message: its failures are ignored if another delivery has tried since. A delivered e-mail always counts, even if
 * its message was declared dead while it was being sent.
 */
export async function recordAttempts(
  tx: Tx,
  kind: Kind,
  attempts: readonly Attempt[],
  attemptsBefore: number,
): Promise<readonly string[]> {
  const tried = attempts.flatMap(({ boletoId, messageId, outcome }) => {
    if (concernsAll(outcome)) return [];
    const lastError =
      outcome.kind === 'delivered' ? null : { class: outcome.kind, code: outcome.code, message: outcome.message };
    return [{ boletoId, messageId, status: STATUS[outcome.kind], lastError }];
  });
  if (tried.length === 0) return [];
  const rows = await RECORD_ATTEMPTS.rows(tx, {
    kind,
    attemptsBefore,
    boletoIds: tried.map(({ boletoId }) => boletoId),
    messageIds: tried.map(({ messageId }) => messageId),
    statuses: tried.map(({ status }) => status),
    lastErrors: tried.map(({ lastError }) => (lastError === null ? null : JSON.stringify(lastError))),
  });
  return rows.filter(({ status }) => status === 'pending').map((row) => row.boleto_id);
}
