import { sql, type Db } from '#database';

/** A relay that has not said for so long that it is blocked is not running any more. */
const BLOCK_SECONDS = 10;

/** The state of the way from the outbox to the broker. */
export interface Publishing {
  /** A relay that runs says that the broker takes nothing from it. */
  readonly isBlocked: boolean;
  /** Messages that are to be published now, counted up to one more than `dueMax`. */
  readonly due: number;
}

const READ_PUBLISHING = sql.returning({ blocked: 'bool', due: 'int8' })`
  select
    exists (select 1 from publisher_blocks where seen_at > now() - make_interval(secs => ${'blockSeconds'})) as blocked,
    (select count(*) from (select 1 from outbox where available_at <= now() limit ${'dueMax'}::int + 1) counted) as due`;

/** The cost does not grow with the outbox. Messages that are due later are planned and no backlog. */
export async function readPublishing(db: Db, dueMax: number): Promise<Publishing> {
  const rows = await READ_PUBLISHING.rows(db, { dueMax, blockSeconds: BLOCK_SECONDS });
  return { isBlocked: rows[0]?.blocked === true, due: Number(rows[0]?.due ?? 0) };
}
