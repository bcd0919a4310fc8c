import type { DataSource } from 'typeorm';
import type { ChunkPart } from '#contracts';
import { withTransaction } from '#database';
import { enqueueAll } from '#outbox';
import { haveWaitingChunks, releaseChunks, takeTurn } from './release-chunks.queries.ts';

/** After this time a failing message has been tried three times, and its next attempt is two minutes away. */
const STALLED_SECONDS = 60;

/**
 * Announces the chunks whose turn it is, marked and enqueued in one transaction, and returns them. When several relays
 * call it at once, one acts and the others find nothing to do.
 */
export async function releaseDue(dataSource: DataSource, window: number): Promise<readonly ChunkPart[]> {
  if (!(await haveWaitingChunks(dataSource.manager))) return [];
  return await withTransaction(dataSource, async (tx) => {
    if (!(await takeTurn(tx))) return [];
    const released = await releaseChunks(tx, { window, stalledSeconds: STALLED_SECONDS });
    await enqueueAll(tx, 'chunk.ready.v1', released);
    return released;
  });
}
