import { OWN_BATCH, type TenantDb } from '#access';
import type { RowAccount } from '#batches';
import { mapStages, stageNames, type BatchStatus, type Mode, type Stage } from '#contracts';
import { column, fragment, list, literal, sql, type Fragment, type RowOf } from '#database';
import type { Profile } from '#debts-csv';
import type { PageCursor } from '../cursor.ts';

/** How far a stage has come. */
export interface StageFacts {
  /** Rows that have their outcome. */
  readonly done: number;
  /** Rows that it accepted: what the next stage has to do. */
  readonly accepted: number;
  /** When the last of its results was written. */
  readonly lastAt: Date | null;
}

/** All that one statement can tell about a batch without counting its boletos or notifications one by one. */
export interface BatchFacts {
  readonly id: string;
  readonly issuerId: string;
  readonly status: BatchStatus;
  readonly profile: Profile;
  readonly mode: Mode;
  readonly fileName: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly dialect: Readonly<Record<string, unknown>> | null;
  readonly columns: Readonly<Record<string, unknown>> | null;
  readonly failure: { readonly code: string; readonly message: string } | null;
  readonly rows: RowAccount;
  readonly boletos: number;
  readonly receivedAt: Date;
  readonly splittingAt: Date | null;
  readonly splitAt: Date | null;
  readonly completedAt: Date | null;
  /** Where the last chunk ends, in bytes from the start of the file. */
  readonly splitBytes: number;
  readonly stages: Readonly<Record<Stage, StageFacts>>;
  /** The sum of the boletos issued so far; undefined if a version that did not add up issued some of them. */
  readonly issuedCentavos: bigint | undefined;
  /** Its place in the list. */
  readonly cursor: PageCursor;
}

type StageJson = Omit<StageFacts, 'lastAt'> & { readonly lastAt: string | null };

/** How far each stage is, as JSON of columns of batch_accounts. */
const STAGES: Readonly<Record<Stage, Fragment>> = {
  validate: fragment`jsonb_build_object('done', a.validated, 'accepted', a.to_issue, 'lastAt', a.validated_at)`,
  issue: fragment`jsonb_build_object('done', a.issuing_done, 'accepted', a.boletos, 'lastAt', a.issued_at)`,
};

/** Sums over chunk_results, about a thousand rows for a million of the file: read by their primary key. */
const SELECT_BATCHES = fragment`
  select b.id,
         b.issuer_id,
         b.status,
         b.profile,
         b.mode,
         b.file_name,
         b.sha256,
         b.bytes,
         b.dialect,
         b.columns,
         b.failure,
         b.received_at,
         b.splitting_at,
         b.split_at,
         b.completed_at,
         to_char(b.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as received_at_text,
         coalesce(last_chunk.ends, 0) as split_bytes,
         jsonb_build_object('read', a.read, 'accepted', a.accepted, 'duplicate', a.duplicate,
                            'rejected', a.rejected, 'dead', a.dead) as rows,
         jsonb_build_object(${list(stageNames.map((stage) => fragment`${literal(stage)}, ${STAGES[stage]}`))}) as stages,
         a.boletos::float8 as boletos,
         a.centavos,
         a.unpriced_parts
    from batches b
    join batch_accounts a on a.batch_id = b.id
    left join lateral (
           select c.byte_offset + c.byte_length as ends
             from chunks c
            where c.batch_id = b.id
            order by c.chunk_no desc
            limit 1
         ) last_chunk on true`;

const BATCH_COLUMNS = {
  id: 'uuid',
  issuer_id: 'uuid',
  status: column<BatchStatus>('text'),
  profile: column<BatchFacts['profile']>('text'),
  mode: column<BatchFacts['mode']>('text'),
  file_name: 'text',
  sha256: 'text',
  bytes: 'int8',
  dialect: column<BatchFacts['dialect']>('jsonb'),
  columns: column<BatchFacts['columns']>('jsonb'),
  failure: column<BatchFacts['failure']>('jsonb'),
  received_at: 'timestamptz',
  splitting_at: 'timestamptz?',
  split_at: 'timestamptz?',
  completed_at: 'timestamptz?',
  received_at_text: 'text',
  split_bytes: 'int8',
  rows: column<RowAccount>('jsonb'),
  stages: column<Readonly<Record<Stage, StageJson>>>('jsonb'),
  boletos: 'float8',
  centavos: 'numeric',
  unpriced_parts: 'int8',
} as const;

const FIND_BATCH = sql.prepared(BATCH_COLUMNS)`${SELECT_BATCHES} where b.id = ${'batchId'} and ${OWN_BATCH}`;

/** One round trip; undefined if there is no such batch of the caller's. */
export async function findBatch(db: TenantDb, batchId: string): Promise<BatchFacts | undefined> {
  const rows = await FIND_BATCH.rows(db, { ...db.scope, batchId });
  return rows.map(factsOf)[0];
}

export interface BatchFilter {
  readonly status?: BatchStatus | undefined;
  readonly issuerId?: string | undefined;
  readonly after?: PageCursor | undefined;
}

const LIST_BATCHES = sql.returning(BATCH_COLUMNS)`
  ${SELECT_BATCHES}
   where ${OWN_BATCH}
     and (${'status'}::text is null or b.status = ${'status'})
     and (${'issuerId'}::uuid is null or b.issuer_id = ${'issuerId'})
     and (${'receivedAt'}::timestamptz is null
          or (b.received_at <= ${'receivedAt'} and (b.received_at < ${'receivedAt'} or b.id > ${'id'}::uuid)))
   order by b.received_at desc, b.id
   limit ${'limit'}`;

/**
 * Newest first, from just after the cursor. The organization and the first condition on the time are the range of the
 * index batches_recent, the second its ties.
 */
export async function listBatches(
  db: TenantDb,
  { status, issuerId, after }: BatchFilter,
  limit: number,
): Promise<readonly BatchFacts[]> {
  const rows = await LIST_BATCHES.rows(db, {
    ...db.scope,
    issuerId: issuerId ?? null,
    status: status ?? null,
    receivedAt: after?.at ?? null,
    id: after?.id ?? null,
    limit,
  });
  return rows.map(factsOf);
}

function factsOf(row: RowOf<typeof FIND_BATCH>): BatchFacts {
  return {
    id: row.id,
    issuerId: row.issuer_id,
    status: row.status,
    profile: row.profile,
    mode: row.mode,
    fileName: row.file_name,
    sha256: row.sha256,
    bytes: Number(row.bytes),
    dialect: row.dialect,
    columns: row.columns,
    failure: row.failure,
    rows: row.rows,
    boletos: row.boletos,
    receivedAt: row.received_at,
    splittingAt: row.splitting_at,
    splitAt: row.split_at,
    completedAt: row.completed_at,
    splitBytes: Number(row.split_bytes),
    stages: factsOfStages(row.stages),
    issuedCentavos: row.unpriced_parts === '0' ? BigInt(row.centavos) : undefined,
    cursor: { at: row.received_at_text, id: row.id },
  };
}

function factsOfStages(stages: RowOf<typeof FIND_BATCH>['stages']): BatchFacts['stages'] {
  return mapStages((stage) => {
    const { lastAt, ...counts } = stages[stage];
    return { ...counts, lastAt: lastAt === null ? null : new Date(lastAt) };
  });
}

const FIND_BATCH_FILE = sql.returning({
  file_name: 'text',
  status: column<BatchStatus>('text'),
})`select b.file_name, b.status from batches b where b.id = ${'batchId'} and ${OWN_BATCH}`;

/** The facts that a download of a batch needs beforehand; undefined if there is no such batch of the caller's. */
export async function findBatchFile(
  db: TenantDb,
  batchId: string,
): Promise<{ readonly fileName: string; readonly status: BatchStatus } | undefined> {
  const rows = await FIND_BATCH_FILE.rows(db, { ...db.scope, batchId });
  return rows.map((row) => ({ fileName: row.file_name, status: row.status }))[0];
}

export interface NotificationCounts {
  readonly sent: number;
  readonly failed: number;
  /** When the last of them was settled. */
  readonly lastAt: Date | null;
}

const SUM_NOTIFICATIONS = sql.returning({ sent: 'int8?', failed: 'int8?', last_at: 'timestamptz?' })`
  select sum(n.sent) as sent, sum(n.failed) as failed, max(n.created_at) as last_at
    from notification_results n
    join batches b on b.id = n.batch_id
   where n.batch_id = ${'batchId'} and ${OWN_BATCH}`;

/** Sums over notification_results, a row for each statement that settled some: about 15 ms for a million e-mails. */
export async function sumNotifications(db: TenantDb, batchId: string): Promise<NotificationCounts> {
  const rows = await SUM_NOTIFICATIONS.rows(db, { ...db.scope, batchId });
  const [row] = rows;
  return { sent: Number(row?.sent ?? 0), failed: Number(row?.failed ?? 0), lastAt: row?.last_at ?? null };
}

const SUM_ISSUED = sql.returning({ centavos: 'numeric' })`
  select coalesce(sum(d.amount_centavos), 0) as centavos
    from batches b
    join boletos o on o.batch_id = b.id
    join debts d on d.id = o.debt_id
   where b.id = ${'batchId'} and ${OWN_BATCH}`;

/** Centavos of all boletos of the batch. Reads every one, seconds for a million: only if their parts do not tell. */
export async function sumIssued(db: TenantDb, batchId: string): Promise<bigint> {
  const rows = await SUM_ISSUED.rows(db, { ...db.scope, batchId });
  return BigInt(rows[0]?.centavos ?? 0);
}
