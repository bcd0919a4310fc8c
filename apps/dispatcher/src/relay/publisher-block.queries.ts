import { sql, type Db } from '#database';

const UPSERT_BLOCK = sql`
  insert into publisher_blocks (relay)
  values (${'relay'})
  on conflict (relay) do update set seen_at = now()`;

export async function upsertBlock(db: Db, relay: string): Promise<void> {
  await UPSERT_BLOCK.run(db, { relay });
}

const DELETE_BLOCK = sql`delete from publisher_blocks where relay = ${'relay'}`;

export async function deleteBlock(db: Db, relay: string): Promise<void> {
  await DELETE_BLOCK.run(db, { relay });
}

const PURGE_DEAD_BLOCKS = sql`delete from publisher_blocks where seen_at < now() - interval '1 hour'`;

/** Removes the blocks of relays that died while they were blocked, because those relays never withdraw them. */
export async function purgeDeadBlocks(db: Db): Promise<void> {
  await PURGE_DEAD_BLOCKS.run(db);
}
