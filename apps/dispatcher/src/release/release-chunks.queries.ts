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
  with open as materialized (
    select b.id, b.organization_id,
           exists (select 1 from chunks c where c.batch_id = b.id and c.released_at is null) as is_waiting
    from batches b
    -- A batch that ends meanwhile may still count in the shares of this round: it is asked again below.
    where b.status in ('splitting', 'processing')
  ), waiting as (
    select o.id as organization_id, coalesce((o.limits ->> 'releaseWeight')::numeric, 1) as weight
    from organizations o
    where o.id in (select organization_id from open where is_waiting)
  ), in_flight as materialized (
    select c.batch_id, c.chunk_no, o.organization_id,
           a.is_finished,
           c.released_at < now() - make_interval(secs => ${'stalledSeconds'})
             and not exists (select 1 from stage_pauses where stage = any(${'queues'}::text[]))
             and not exists (select 1 from stage_breakers where stage = any(${'queues'}::text[])) as is_stalled
    from waiting w
    join open o on o.organization_id = w.organization_id
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
  ), held as (
    select organization_id, batch_id, count(*) as chunks
    from in_flight
    where not is_finished and not is_stalled
    group by organization_id, batch_id
  ), room as (
    select w.organization_id,
           greatest(1, ceil(${'window'}::numeric * w.weight / sum(w.weight) over ()))
             - coalesce((select sum(h.chunks) from held h where h.organization_id = w.organization_id), 0) as chunks
    from waiting w
  ), locked as (
    select b.id, b.organization_id, b.received_at
    from batches b
    -- A cancellation comes before or after the release, never in between.
    where b.status in ('splitting', 'processing')
      and b.id in (select id from open where is_waiting)
      and b.organization_id in (select organization_id from room where chunks > 0)
    -- Skipped for this round: the transaction that holds the batch ends it, or the next round sees it.
    for key share of b skip locked
  ), turns as (
    select l.id, l.organization_id, r.chunks as room, c.chunk_no,
           -- The batch with the fewest chunks in flight comes first, then the one that has waited longest for a place.
           row_number() over (
             partition by l.organization_id
             order by coalesce(h.chunks, 0) + c.turn, last.released_at nulls first, l.received_at, l.id
           ) as turn
    from locked l
    join room r on r.organization_id = l.organization_id
    left join held h on h.batch_id = l.id
    cross join lateral (
      select w.chunk_no, row_number() over (order by w.chunk_no) as turn
      from chunks w
      where w.batch_id = l.id and w.released_at is null
      order by w.chunk_no
      limit r.chunks
    ) c
    -- Chunks are released in their order, so the last released one stands before the first that waits.
    left join chunks last on last.batch_id = l.id and last.chunk_no = c.chunk_no - c.turn
  ), next as (
    select id as batch_id, chunk_no, row_number() over (order by turn, organization_id) as place
    from turns
    where turn <= room
  )
  update chunks c
  set released_at = now()
  from next n
  where c.batch_id = n.batch_id and c.chunk_no = n.chunk_no and c.released_at is null
  returning c.batch_id, c.chunk_no, c.first_line, n.place`;

/**
 * Releases the next chunks of the open batches, and returns them; organizations take turns, and the batches of one do.
 * Organizations with waiting chunks share the window by their weight, and each has at least one place. So at most
 * `window` chunks of an organization are in flight, however many files it has sent: released, and not every row
 * accounted for at every stage. A chunk that is still unfinished `stalledSeconds` after its release is being retried or
 * halved, which can take most of an hour: it loses its place.
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
