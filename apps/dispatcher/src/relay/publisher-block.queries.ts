import type { EntityManager } from 'typeorm';

type Writer = Pick<EntityManager, 'query'>;

export async function upsertBlock(tx: Writer, relay: string): Promise<void> {
  await tx.query(
    `insert into publisher_blocks (relay)
     values ($1)
     on conflict (relay) do update set seen_at = now()`,
    [relay],
  );
}

export async function deleteBlock(tx: Writer, relay: string): Promise<void> {
  await tx.query(`delete from publisher_blocks where relay = $1`, [relay]);
}

/** Removes the blocks of relays that died while they were blocked, because those relays never withdraw them. */
export async function purgeDeadBlocks(tx: Writer): Promise<void> {
  await tx.query(`delete from publisher_blocks where seen_at < now() - interval '1 hour'`);
}
