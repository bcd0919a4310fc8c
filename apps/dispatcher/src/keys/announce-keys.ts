import type { DataSource } from 'typeorm';
import { recordAudit } from '#audit';
import { withTransaction } from '#database';
import { findUnannounced, takeTurnToAnnounce } from './expiring-keys.queries.ts';

/** A dispatcher that was away for longer leaves announcements out. The gauge counts the keys nevertheless. */
const HOURS_BACK = 24;
/** Events of one transaction. The others follow in the next round. */
const EVENTS_MAX = 500;

/** Puts on record, once for each of ANNOUNCED_DAYS, that a key will end. Returns the number of events. */
export async function announceExpiringKeys(dataSource: DataSource): Promise<number> {
  return await withTransaction(dataSource, async (tx) => {
    if (!(await takeTurnToAnnounce(tx))) return 0;
    const keys = await findUnannounced(tx, { hours: HOURS_BACK, limit: EVENTS_MAX });
    for (const { id, organizationId, days, expiresAt } of keys) {
      const actor = { kind: 'system', id: undefined, organizationId } as const;
      const details = { days, expiresAt: expiresAt.toISOString() };
      await recordAudit(tx, actor, { action: 'key.expiring', target: { kind: 'key', id }, details });
    }
    return keys.length;
  });
}
