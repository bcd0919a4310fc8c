import type { Lines } from '#batches';
import { stages, type ChunkPart, type Message, type Stage } from '#contracts';
import { column, fragment, literal, sql, type Db, type Fragment } from '#database';

/** Limit for one round and kind. A later round finds the rest. */
const FOUND_MAX = 200;
/** Limit of e-mails in one round that were opened and not tried: the content of some slices. */
const UNTRIED_MAX = 10_000;
/** E-mails of older batches are not looked for, because every round would add up their sums again. */
const EMAIL_DAYS = 14;

const FIND_UNSPLIT = sql.returning({ batchId: 'uuid' })`
  select b.id as "batchId"
  from batches b
  where b.status in ('received', 'splitting')
    and not exists (select 1 from outbox o where o.name = 'batch.received.v1' and o.body ->> 'batchId' = b.id::text)
  order by b.received_at
  limit ${'foundMax'}`;

/** Batches whose file is not completely split. */
export async function findUnsplit(db: Db): Promise<readonly Message<'batch.received.v1'>[]> {
  return await FIND_UNSPLIT.rows(db, { foundMax: FOUND_MAX });
}

/** A chunk with its expected rows at a stage, and its parts that have an outcome there. */
export interface Unfinished {
  readonly batchId: string;
  readonly chunkNo: number;
  readonly due: readonly Lines[];
  readonly done: readonly Lines[];
}

/** The lines of the parts of the chunk `c` that have a result at a stage, as JSON. */
function partsOf(stage: Stage, condition = fragment``): Fragment {
  return fragment`(select coalesce(jsonb_agg(jsonb_build_object('fromLine', r.from_line, 'toLine', r.to_line)), '[]')
          from chunk_results r
          where r.batch_id = c.batch_id and r.chunk_no = c.chunk_no and r.stage = ${literal(stage)} ${condition})`;
}

/** True if a message of the stage about the chunk `c` is still to be published. */
function announced(stage: Stage): Fragment {
  const { announceAs, retryAs } = stages[stage];
  return fragment`select 1 from outbox o
         where o.name in (${literal(announceAs)}, ${literal(retryAs)})
           and o.body ->> 'batchId' = c.batch_id::text and (o.body ->> 'chunkNo')::int = c.chunk_no`;
}

const UNFINISHED_COLUMNS = {
  batchId: 'uuid',
  chunkNo: 'int4',
  due: column<readonly Lines[]>('jsonb'),
  done: column<readonly Lines[]>('jsonb'),
} as const;

const FIND_UNVALIDATED = sql.returning(UNFINISHED_COLUMNS)`
  select c.batch_id as "batchId", c.chunk_no as "chunkNo",
         jsonb_build_array(jsonb_build_object('fromLine', c.first_line, 'toLine', null)) as due,
         ${partsOf('validate')} as done
  from batches b
  join chunks c on c.batch_id = b.id and c.released_at is not null
  join chunk_accounts a on a.batch_id = c.batch_id and a.chunk_no = c.chunk_no
  where b.status in ('splitting', 'processing') and a.validated < a.read
    and not exists (${announced('validate')})
  order by c.batch_id, c.chunk_no
  limit ${'foundMax'}`;

/** Released chunks with rows that have no outcome at validating. */
async function findUnvalidated(db: Db): Promise<readonly Unfinished[]> {
  return await FIND_UNVALIDATED.rows(db, { foundMax: FOUND_MAX });
}

const FIND_UNISSUED = sql.returning(UNFINISHED_COLUMNS)`
  select c.batch_id as "batchId", c.chunk_no as "chunkNo",
         ${partsOf('validate', fragment`and r.accepted > 0`)} as due,
         ${partsOf('issue')} as done
  from batches b
  join chunks c on c.batch_id = b.id and c.released_at is not null
  join chunk_accounts a on a.batch_id = c.batch_id and a.chunk_no = c.chunk_no
  where b.status in ('splitting', 'processing') and b.mode = 'process' and a.to_issue > a.issuing_done
    and not exists (${announced('issue')})
  order by c.batch_id, c.chunk_no
  limit ${'foundMax'}`;

/** Chunks with more rows accepted at validating than rows with an outcome at issuing. */
async function findUnissued(db: Db): Promise<readonly Unfinished[]> {
  return await FIND_UNISSUED.rows(db, { foundMax: FOUND_MAX });
}

/** The unfinished work of each stage. */
export const findUnfinished: Readonly<Record<Stage, (db: Db) => Promise<readonly Unfinished[]>>> = {
  validate: findUnvalidated,
  issue: findUnissued,
};

/**
 * Batches with boletos whose e-mail has no outcome. Their sums are compared first, and rows are read only when the sums
 * differ.
 */
const OUTSTANDING = fragment`
  select b.id
  from batches b
  where b.received_at > now() - make_interval(days => ${'emailDays'}) and b.mode = 'process'
    and (select a.boletos from batch_accounts a where a.batch_id = b.id)
      > coalesce((select sum(n.sent + n.failed) from notification_results n where n.batch_id = b.id), 0)
    and not exists (select 1 from outbox o
                    where o.name in ('chunk.issued.v1', 'notification.due.v1') and o.body ->> 'batchId' = b.id::text)`;

/** The boletos of a part of a chunk that can be paid. */
function payable(part: Fragment): Fragment {
  return fragment`from debts d
        join boletos bo on bo.debt_id = d.id and bo.status in ('issued', 'registered')
        where d.batch_id = ${part}.batch_id and d.chunk_no = ${part}.chunk_no and d.line >= ${part}.from_line
          and (${part}.to_line is null or d.line <= ${part}.to_line)`;
}

function opened(boletoId: Fragment): Fragment {
  return fragment`select 1 from notifications n where n.boleto_id = ${boletoId} and n.kind = 'boleto_issued'`;
}

const FIND_UNMAILED = sql.returning({ batchId: 'uuid', chunkNo: 'int4', line: 'int8' })`
  with outstanding as materialized (${OUTSTANDING}),
  unopened as materialized (
    select r.batch_id, r.chunk_no, r.from_line, r.to_line
    from outstanding o
    join chunk_results r on r.batch_id = o.id and r.stage = 'issue' and r.accepted > 0
    cross join lateral (
      select bo.id
      ${payable(fragment`r`)}
      order by d.line desc
      limit 1
    ) last
    where not exists (${opened(fragment`last.id`)})
    order by r.batch_id, r.chunk_no, r.from_line
    limit ${'foundMax'}
  ), untried as materialized (
    select n.boleto_id
    from outstanding o
    join notifications n on n.batch_id = o.id and n.status = 'pending' and n.attempts = 0
    where n.claimed_until is null or n.claimed_until < now()
    order by n.boleto_id
    limit ${'untriedMax'}
  ), unmailed as (
    select u.batch_id, u.chunk_no, first.line
    from unopened u
    cross join lateral (
      select d.line
      ${payable(fragment`u`)} and not exists (${opened(fragment`bo.id`)})
      order by d.line
      limit 1
    ) first
    union all
    select bo.batch_id, bo.chunk_no, d.line
    from untried t
    join boletos bo on bo.id = t.boleto_id and bo.status in ('issued', 'registered')
    join debts d on d.id = bo.debt_id
  )
  select batch_id as "batchId", chunk_no as "chunkNo", min(line) as line
  from unmailed
  group by batch_id, chunk_no
  order by batch_id, chunk_no
  limit ${'foundMax'}`;

/**
 * The rest of each chunk with e-mails that were never tried and that no delivery has in hand. Both kinds are found
 * without reading the boletos of a batch. The notifier opens the e-mails of a part in line order, so it has not reached
 * the end of a part whose last e-mail is absent; only in such parts the first absent one is looked for. An e-mail that
 * was opened and not tried is pending.
 */
export async function findUnmailed(db: Db): Promise<readonly ChunkPart[]> {
  const rows = await FIND_UNMAILED.rows(db, { emailDays: EMAIL_DAYS, foundMax: FOUND_MAX, untriedMax: UNTRIED_MAX });
  return rows.map(({ batchId, chunkNo, line }) => ({ batchId, chunkNo, fromLine: Number(line), toLine: null }));
}

const FIND_UNTRIED_AGAIN = sql.returning({
  batchId: 'uuid',
  boletoId: 'uuid',
  kind: column<Message<'notification.due.v1'>['kind']>('text'),
})`
  with outstanding as materialized (${OUTSTANDING})
  select n.batch_id as "batchId", n.boleto_id as "boletoId", n.kind
  from outstanding o
  join notifications n on n.batch_id = o.id and n.status = 'pending' and n.attempts > 0
  where n.claimed_until is null or n.claimed_until < now()
  order by n.boleto_id
  limit ${'foundMax'}`;

/** E-mails that failed for now: each is tried again by a message of its own. */
export async function findUntriedAgain(db: Db): Promise<readonly Message<'notification.due.v1'>[]> {
  return await FIND_UNTRIED_AGAIN.rows(db, { emailDays: EMAIL_DAYS, foundMax: FOUND_MAX });
}

export type UnfinishedExport = Message<'export.close.v1'> & {
  readonly status: 'requested' | 'running' | 'completed' | 'failed';
  /** Chunks with boletos that have no part yet. */
  readonly missing: readonly number[];
};

const FIND_UNFINISHED_EXPORTS = sql.returning({
  batchId: 'uuid',
  exportId: 'uuid',
  status: column<'requested' | 'running' | 'completed' | 'failed'>('text'),
  missing: 'int4[]',
})`
  select e.batch_id as "batchId", e.id as "exportId", e.status,
         case when e.status = 'running' then array(
           select distinct bo.chunk_no
           from boletos bo
           where bo.batch_id = e.batch_id
             and not exists (select 1 from export_parts p where p.export_id = e.id and p.part_no = bo.chunk_no)
           order by bo.chunk_no
           limit ${'foundMax'}
         ) else '{}' end as missing
  from exports e
  where (e.status in ('requested', 'running') or exists (select 1 from export_parts p where p.export_id = e.id))
    and not exists (select 1 from outbox o where o.body ->> 'exportId' = e.id::text)
  order by e.requested_at
  limit ${'foundMax'}`;

/** Exports in progress, and ended exports that were not cleared away. */
export async function findUnfinishedExports(db: Db): Promise<readonly UnfinishedExport[]> {
  return await FIND_UNFINISHED_EXPORTS.rows(db, { foundMax: FOUND_MAX });
}

const FIND_STOPPED = sql.returning({
  stage: 'text',
})`select stage from stage_pauses union select stage from stage_breakers`;

/** Stages that accept no work now, because an operator paused them or a provider is away. */
export async function findStopped(db: Db): Promise<ReadonlySet<string>> {
  const rows = await FIND_STOPPED.rows(db);
  return new Set(rows.map(({ stage }) => stage));
}
