import { stageNames, stages, type ChunkPart } from '#contracts';
import { sql, type Db, type Tx } from '#database';

/** An arbitrary number that no other advisory lock of this database uses. */
const RELEASE_LOCK = 7_204_111;

/** While one of these stages is paused or its breaker is open, an unfinished chunk is not at fault. */
const QUEUES = stageNames.map((stage) => stages[stage].queue);

const HAVE_WAITING_CHUNKS = sql`
  select 1
  from batches b
  where b.status in ('splitting', 'processing')
    and exists (select 1 from chunks c where c.batch_id = b.id and c.released_at is null)
  limit 1`;

/** True while an open batch has waiting chunks. Needs no transaction. */
export async function haveWaitingChunks(db: Db): Promise<boolean> {
  const rows = await HAVE_WAITING_CHUNKS.rows(db);
  return rows.length > 0;
}

const TAKE_TURN = sql.returning({ taken: 'bool' })`select pg_try_advisory_xact_lock(${'releaseLock'}) as taken`;

/**
 * False while another relay's transaction holds the lock, because only one relay at a time may count what is in flight.
 */
export async function takeTurn(tx: Tx): Promise<boolean> {
  const rows = await TAKE_TURN.rows(tx, { releaseLock: RELEASE_LOCK });
  return rows[0]?.taken === true;
}

const RELEASE_CHUNKS = sql.returning({ batch_id: 'uuid', chunk_no: 'int4', first_line: 'int8', place: 'int8' })`
  with open as (
    select b.id, b.received_at
    from batches b
    -- Locked below: a cancellation comes before or after the release, never in between.
    where b.status in ('splitting', 'processing')
      and exists (select 1 from chunks c where c.batch_id = b.id and c.released_at is null)
    -- Skipped for this round: the transaction that holds the batch ends it, or the next round sees it.
    for key share of b skip locked
  ), in_flight as materialized (
    select c.batch_id, c.chunk_no,
           a.is_finished,
           c.released_at < now() - make_interval(secs => ${'stalledSeconds'})
             and not exists (select 1 from stage_pauses where stage = any(${'queues'}::text[]))
             and not exists (select 1 from stage_breakers where stage = any(${'queues'}::text[])) as is_stalled
    from open o
    join chunks c on c.batch_id = o.id and c.released_at is not null and c.finished_at is null
    join chunk_accounts a on a.batch_id = c.batch_id and a.chunk_no = c.chunk_no
  ), finished as (
    select c.batch_id, c.chunk_no
    from in_flight f
    join chunks c on c.batch_id = f.batch_id and c.chunk_no = f.chunk_no
    where f.is_finished
    -- A repeat may hold a finished chunk for a moment: it is noted the next time.
    for no key update of c skip locked
  ), noted as (
    update chunks c
    set finished_at = now()
    from finished f
    where c.batch_id = f.batch_id and c.chunk_no = f.chunk_no
  ), room as (
    select o.id, o.received_at,
           greatest(1, ceil(${'window'}::numeric / (select count(*) from open)))
             - count(f.chunk_no) filter (where not f.is_finished and not f.is_stalled) as chunks
    from open o
    left join in_flight f on f.batch_id = o.id
    group by o.id, o.received_at
  ), next as (
    select r.id as batch_id, c.chunk_no, row_number() over (order by c.turn, r.received_at, r.id) as place
    from room r
    cross join lateral (
      select w.chunk_no, row_number() over (order by w.chunk_no) as turn
      from chunks w
      where w.batch_id = r.id and w.released_at is null
      order by w.chunk_no
      limit greatest(0, r.chunks)
    ) c
  )
  update chunks c
  set released_at = now()
  from next n
  where c.batch_id = n.batch_id and c.chunk_no = n.chunk_no and c.released_at is null
  returning c.batch_id, c.chunk_no, c.first_line, n.place`;

/**
 * Releases the next chunks of the open batches, and returns them; batches take turns. At most `window` chunks of a
 * batch are in flight: released, and not every row accounted for at every stage. Batches with waiting chunks share the
 * window, and each has at least one place. A chunk that is still unfinished `stalledSeconds` after its release is being
 * retried or halved, which can take most of an hour: it loses its place.
 */
export async function releaseChunks(
  tx: Tx,
  { window, stalledSeconds }: { readonly window: number; readonly stalledSeconds: number },
): Promise<readonly ChunkPart[]> {
  const rows = await RELEASE_CHUNKS.rows(tx, { window, stalledSeconds, queues: QUEUES });
  return rows
    .toSorted((a, b) => Number(a.place) - Number(b.place))
    .map((row) => ({
      batchId: row.batch_id,
      chunkNo: row.chunk_no,
      fromLine: Number(row.first_line),
      toLine: null,
    }));
}
