import type { DataSource } from 'typeorm';
import { withTransaction, type Tx } from '#database';
import { digestOf, NO_ROOT, rootOf, type SealableEvent } from './digest.ts';
import { insertSeal, lastSeal, takeTurn, takeUnsealed } from './seal.queries.ts';

/** Events of one transaction, and so of one seal at most: about 300 KB. */
const EVENTS_MAX = 500;

/** A seal that was written. */
export interface Sealed {
  /** Null for the plane of the installation. */
  readonly organizationId: string | null;
  readonly seq: number;
  readonly events: number;
  /** Hexadecimal. Kept elsewhere, it proves that the chain has not lost its end. */
  readonly root: string;
}

/**
 * Seals events that are committed and not sealed, at most `max` (500 unless given), a seal for each organization among
 * them. Undefined while another process seals.
 */
export async function sealEvents(dataSource: DataSource, max = EVENTS_MAX): Promise<readonly Sealed[] | undefined> {
  return await withTransaction(dataSource, async (tx) => {
    if (!(await takeTurn(tx))) return undefined;
    const seals: Sealed[] = [];
    const events = Map.groupBy(await takeUnsealed(tx, max), ({ organizationId }) => organizationId);
    for (const [organizationId, group] of events) seals.push(await sealGroup(tx, organizationId, group));
    return seals;
  });
}

async function sealGroup(tx: Tx, organizationId: string | null, events: readonly SealableEvent[]): Promise<Sealed> {
  const last = await lastSeal(tx, organizationId);
  const head = { seq: last.seq + 1, at: last.now, prev: last.root ?? NO_ROOT };
  const eventIds = events.map(({ id }) => id);
  const digests = Buffer.concat(events.map(digestOf));
  const root = rootOf(head, eventIds, digests);
  await insertSeal(tx, { organizationId, ...head, eventIds, digests, root });
  return { organizationId, seq: head.seq, events: events.length, root: root.toString('hex') };
}
