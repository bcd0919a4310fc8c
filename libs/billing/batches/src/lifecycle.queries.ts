import type { BatchStatus, Mode } from '#contracts';
import { column, fragment, list, literal, sql, type Fragment, type Tx } from '#database';
import type { Dialect, DialectOverrides, HeaderMapping, Profile } from '#debts-csv';
import { closeBatchDoors } from './batch-door.queries.ts';
import { TRANSITIONS, type TransitionName } from './status.ts';

/*
 * Every statement that changes the status of a batch. No other production file writes batches.status, because a test
 * reads the statements (test/docs/table-owners.spec.ts).
 */

/** The statuses that a change may come from, as the list of an `in` in SQL. */
export function fromOf(name: TransitionName): Fragment {
  const from: readonly BatchStatus[] = TRANSITIONS[name].from;
  return fragment`(${list(from.map((status) => literal(status)))})`;
}

export interface NewBatch {
  readonly id: string;
  readonly issuerId: string;
  readonly fileName: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly storageKey: string;
  readonly profile: Profile;
  readonly mode: Mode;
  readonly overrides: DialectOverrides;
  /** One canonical text: how the file is to be read. */
  readonly reading: string;
}

const ACCEPT_BATCH = sql.returning({ id: 'uuid' })`
  insert into batches (id, issuer_id, file_name, sha256, bytes, storage_key, profile, mode, overrides, reading)
  values (${'id'}, ${'issuerId'}, ${'fileName'}, ${'sha256'}, ${'bytes'}, ${'storageKey'},
          ${'profile'}, ${'mode'}, ${'overrides'}, ${'reading'})
  -- A cancellation that is about to commit comes after this upload: findSameFile looks again, and its caller asks anew.
  on conflict (issuer_id, sha256, reading) where status not in ('failed', 'cancelled') do nothing
  returning id`;

/**
 * False when the same file of this issuer, read the same way, is there already. Waits for a rival that has inserted it
 * and not committed yet: of two racing uploads one is the batch, whatever the order.
 */
export async function acceptBatch(tx: Tx, batch: NewBatch): Promise<boolean> {
  const rows = await ACCEPT_BATCH.rows(tx, {
    id: batch.id,
    issuerId: batch.issuerId,
    fileName: batch.fileName,
    sha256: batch.sha256,
    bytes: batch.bytes,
    storageKey: batch.storageKey,
    profile: batch.profile,
    mode: batch.mode,
    overrides: batch.overrides,
    reading: batch.reading,
  });
  return rows.length === 1;
}

/** How the file is to be read, as stored on the batch: every chunk is read the same way. */
export interface StoredReading {
  readonly dialect: Dialect;
  readonly mapping: HeaderMapping;
}

/** How large the chunks of a batch are, as it is stored; `firstBytes` is null where they do not grow. */
export interface StoredSizes {
  readonly bytes: number;
  readonly firstBytes: number | null;
}

/** True in SQL while the stored dialect has more open than the one of parameter $2, or there is none. */
const IS_LESS_DECIDED = fragment`(dialect is null
  or coalesce(jsonb_array_length(dialect -> 'open'), 0) > coalesce(jsonb_array_length(${'dialect'}::jsonb -> 'open'), 0))`;

const START_SPLITTING = sql.returning({
  bytes: 'int4',
  firstBytes: 'int4',
  dialect: column<Dialect>('jsonb'),
  mapping: column<HeaderMapping>('jsonb'),
})`
  update batches
  set status = 'splitting', splitting_at = coalesce(splitting_at, now()),
      dialect = case when ${IS_LESS_DECIDED} then ${'dialect'} else dialect end,
      columns = coalesce(columns, ${'mapping'}),
      chunk_bytes = coalesce(chunk_bytes, ${'bytes'}),
      first_chunk_bytes = case when chunk_bytes is null then ${'firstBytes'} else first_chunk_bytes end
  -- A cancellation is waited for. Then there is no row, and the splitter stops.
  where id = ${'batchId'} and status in ${fromOf('startSplitting')}
  returning chunk_bytes as bytes, first_chunk_bytes as "firstBytes", dialect, columns as mapping`;

/**
 * The sizes its chunks have and the reading, because a splitter that goes on must cut and read as it was begun: those
 * given, unless one has begun before and decided as much. Undefined when the batch is no longer waiting to be split
 * (cancelled meanwhile).
 */
export async function startSplitting(
  tx: Tx,
  batchId: string,
  { dialect, mapping }: StoredReading,
  { bytes, firstBytes }: StoredSizes,
): Promise<{ readonly sizes: StoredSizes; readonly reading: StoredReading } | undefined> {
  const row = await START_SPLITTING.row(tx, { batchId, dialect, mapping, bytes, firstBytes });
  if (row === undefined) return undefined;
  const sizes = { bytes: row.bytes, firstBytes: row.firstBytes };
  return { sizes, reading: { dialect: row.dialect, mapping: row.mapping } };
}

const LOCK_IF_SPLITTING = sql`
  select 1 from batches where id = ${'batchId'} and status in ${fromOf('finishSplitting')} for key share`;

/** Locks the batch against a cancellation until the transaction ends. False if it is not being split any more. */
export async function lockIfSplitting(tx: Tx, batchId: string): Promise<boolean> {
  const rows = await LOCK_IF_SPLITTING.rows(tx, { batchId });
  return rows.length === 1;
}

const DECIDE_READING = sql`
  update batches
  set dialect = ${'dialect'}
  -- lockIfSplitting holds the batch. Another splitter of the same bytes has decided the same: then no row is right.
  where id = ${'batchId'} and status in ${fromOf('finishSplitting')} and ${IS_LESS_DECIDED}`;

/** More of the file was seen: stores what it decides, unless another splitter of the same file has done so already. */
export async function decideReading(tx: Tx, batchId: string, dialect: Dialect): Promise<void> {
  await DECIDE_READING.run(tx, { batchId, dialect });
}

const FINISH_SPLITTING = sql`
  update batches
  set status = 'processing', split_at = now(), rows_read = cut.rows, chunks_total = cut.chunks
  from (select coalesce(sum(rows), 0) as rows, count(*) as chunks from chunks where batch_id = ${'batchId'}) cut
  -- No row: it was cancelled, or another splitter has finished it with the same chunks.
  where id = ${'batchId'} and status in ${fromOf('finishSplitting')}`;

/** The last byte was seen: the rows of the file are the rows of its chunks. */
export async function finishSplitting(tx: Tx, batchId: string): Promise<void> {
  await FINISH_SPLITTING.run(tx, { batchId });
}

const FAIL_BATCH = sql`
  update batches
  set status = 'failed', failure = ${'failure'}
  -- Behind the door: a splitter or a cancellation that was faster has committed, and the batch stays what it became.
  where id = ${'batchId'} and status in ${fromOf('fail')}`;

/** The file cannot be read to its end: the batch ends, and says why. */
export async function failBatch(
  tx: Tx,
  batchId: string,
  failure: { readonly code: string; readonly message: string },
): Promise<void> {
  await closeBatchDoors(tx, [batchId]);
  await FAIL_BATCH.run(tx, { batchId, failure });
}

const LOCK_BATCH = sql.returning({ status: column<BatchStatus>('text'), mode: column<Mode>('text') })`
  select status, mode
  from batches
  where id = ${'id'}
  for update`;

/** Locked until the transaction ends, so that what is decided on its status stays true. */
export async function lockBatch(
  tx: Tx,
  id: string,
): Promise<{ readonly status: BatchStatus; readonly mode: Mode } | undefined> {
  await closeBatchDoors(tx, [id]);
  const rows = await LOCK_BATCH.rows(tx, { id });
  return rows[0];
}

const CANCEL_BATCH = sql.returning({ id: 'uuid' })`
  update batches
  set status = 'cancelled'
  -- Behind the door: parts in hand have committed, and no other begins.
  where id = ${'batchId'} and status in ${fromOf('cancel')}
  returning id`;

/** False if the batch has ended. What was issued stays. */
export async function cancelBatch(tx: Tx, batchId: string): Promise<boolean> {
  await closeBatchDoors(tx, [batchId]);
  const rows = await CANCEL_BATCH.rows(tx, { batchId });
  return rows.length === 1;
}

const REOPEN_BATCHES = sql.returning({ id: 'uuid' })`
  update batches
  set status = 'processing', completed_at = null
  -- The replay has locked them.
  where id = any(${'ids'}::uuid[]) and status in ${fromOf('reopen')}
  returning id`;

/** Batches that had ended are processed again; the loop that closes batches ends them when the replay is done. */
export async function reopenBatches(tx: Tx, ids: readonly string[]): Promise<readonly string[]> {
  const rows = await REOPEN_BATCHES.rows(tx, { ids: [...new Set(ids)] });
  return rows.map((row) => row.id);
}

const REVIVE_BATCH = sql`
  update batches
  set status = case when splitting_at is null then 'received' else 'splitting' end, failure = null
  -- The replay has locked it. The same file sent again meanwhile breaks batches_same_file_once, and the page is tried anew.
  where id = ${'batchId'} and status in ${fromOf('revive')}`;

/**
 * Makes a failed batch what it was before its file was given up: read to the end, it is split on from its last chunk.
 */
export async function reviveBatch(tx: Tx, batchId: string): Promise<void> {
  await REVIVE_BATCH.run(tx, { batchId });
}
