import type { EntityManager } from 'typeorm';
import type { ChunkPart, Message } from '#contracts';
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

/**
 * Returns the first `boletosMax` boletos of the part, and inserts a pending e-mail for each that can be paid. A
 * redelivered part finds those rows. The status of the batch does not matter: a batch cancelled half way leaves boletos
 * that the bank honours, and their debtors must know of them.
 */
export async function openSlice(tx: EntityManager, part: ChunkPart, boletosMax: number): Promise<Slice> {
  const rows: { boleto_id: string; line: string; is_untried: boolean }[] = await tx.query(
    `with slice as materialized (
       select b.id as boleto_id, b.batch_id, b.status, d.email, d.line
       from debts d
       join boletos b on b.debt_id = d.id
       where d.batch_id = $1 and d.chunk_no = $2 and d.line >= $3 and ($4::bigint is null or d.line <= $4)
         and b.batch_id = $1 and b.chunk_no = $2
       order by d.line
       limit $5
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
     order by s.line`,
    [part.batchId, part.chunkNo, part.fromLine, part.toLine, boletosMax + 1],
  );
  const next = rows[boletosMax];
  return {
    untried: rows
      .slice(0, boletosMax)
      .flatMap((row) => (row.is_untried ? [{ boletoId: row.boleto_id, line: Number(row.line) }] : [])),
    nextLine: next === undefined ? undefined : Number(next.line),
  };
}

/** Those of the boletos whose e-mail was never tried, even if a delivery holds it. */
export async function findUntried(tx: EntityManager, boletoIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows: { boleto_id: string }[] = await tx.query(
    `select boleto_id
     from notifications
     where boleto_id = any($1::uuid[]) and kind = 'boleto_issued' and status = 'pending' and attempts = 0`,
    [boletoIds],
  );
  return new Set(rows.map((row) => row.boleto_id));
}

/**
 * Claims those of the boletos' e-mails that are pending after `attempts` attempts and held by no delivery. Returns them
 * in the order of the argument. Skips rows that another delivery is claiming at this moment.
 */
export async function claimUntried(
  tx: EntityManager,
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
  const [rows]: [{ boleto_id: string }[], number] = await tx.query(
    `update notifications n
     set claimed_by = $4, claimed_until = clock_timestamp() + make_interval(secs => $5::double precision / 1000)
     from (
       select boleto_id
       from notifications
       -- E-mails that already have an outcome are neither locked nor claimed.
       where boleto_id = any($1::uuid[]) and kind = $2 and status = 'pending' and attempts = $3
         and (claimed_until is null or claimed_until <= clock_timestamp())
       -- Another delivery is claiming these rows. If it releases them, restOf finds them again.
       for update skip locked
     ) free
     where n.boleto_id = free.boleto_id and n.kind = $2
     returning n.boleto_id`,
    [boletoIds, kind, attempts, owner, leaseMs],
  );
  const claimed = new Set(rows.map((row) => row.boleto_id));
  return boletoIds.filter((boletoId) => claimed.has(boletoId));
}

/** Extends the claims that are still held and returns their boletos. */
export async function extendClaims(
  tx: EntityManager,
  kind: Kind,
  owner: string,
  boletoIds: readonly string[],
  leaseMs: number,
): Promise<readonly string[]> {
  const [rows]: [{ boleto_id: string }[], number] = await tx.query(
    `update notifications
     set claimed_until = clock_timestamp() + make_interval(secs => $4::double precision / 1000)
     where boleto_id = any($1::uuid[]) and kind = $2 and claimed_by = $3
     returning boleto_id`,
    [boletoIds, kind, owner, leaseMs],
  );
  return rows.map((row) => row.boleto_id);
}

export async function releaseClaims(
  tx: EntityManager,
  kind: Kind,
  owner: string,
  boletoIds: readonly string[],
): Promise<void> {
  await tx.query(
    `update notifications
     set claimed_by = null, claimed_until = null
     where boleto_id = any($1::uuid[]) and kind = $2 and claimed_by = $3`,
    [boletoIds, kind, owner],
  );
}

export interface FoundNotification {
  readonly status: 'pending' | 'sent' | 'failed';
  readonly attempts: number;
  /** Null until the first attempt has been recorded. */
  readonly messageId: string | null;
}

export async function findNotification(
  tx: EntityManager,
  boletoId: string,
  kind: Kind,
): Promise<FoundNotification | undefined> {
  const rows: FoundNotification[] = await tx.query(
    `select status, attempts, message_id as "messageId" from notifications where boleto_id = $1 and kind = $2`,
    [boletoId, kind],
  );
  return rows[0];
}

const STATUS: Readonly<Record<Exclude<Attempt['outcome']['kind'], 'throttled' | 'unavailable'>, string>> = {
  delivered: 'sent',
  invalid: 'failed',
  permanent: 'failed',
  transient: 'pending',
  unknown: 'pending',
};

/**
 * Records the outcomes of the attempts, ends their claims and returns the boletos to try again. Attempts that found
 * that no e-mail would pass are left out, because they do not count. `attemptsBefore` fences off a delivery that lost
 * its message: its failures are ignored if another delivery has tried since. A delivered e-mail always counts, even if
 * its message was declared dead while it was being sent.
 */
export async function recordAttempts(
  tx: EntityManager,
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
  const [rows]: [{ boleto_id: string; status: string }[], number] = await tx.query(
    `update notifications n
     set status = a.status,
         attempts = n.attempts + 1,
         message_id = coalesce(n.message_id, a.message_id),
         last_error = coalesce(a.last_error, n.last_error),
         updated_at = now(),
         claimed_by = null,
         claimed_until = null
     from unnest($3::uuid[], $4::text[], $5::text[], $6::jsonb[]) as a (boleto_id, message_id, status, last_error)
     where n.boleto_id = a.boleto_id
       and n.kind = $1
       -- The update waits for an outcome being recorded at the same time. That outcome stays: sent, or failed by the
       -- server's reply.
       and (n.status = 'pending' or (n.status = 'failed' and n.last_error ->> 'class' = 'dead' and a.status = 'sent'))
       -- A failure that is out of date is not recorded.
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
