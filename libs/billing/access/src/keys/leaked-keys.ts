import type { DataSource } from 'typeorm';
import { recordAudit } from '#audit';
import { withTransaction } from '#database';
import { hashOfKey, isKeyText } from './key-text.ts';
import { revokeKeyByHash } from './keys.queries.ts';

/** Ends keys for callers that have no identity: the text of a key is enough to end it, and for nothing else. */
export class LeakedKeys {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  /** True if this call has ended the key. `network` is that of its finder, as `networkOf` gives it. */
  async end(text: string, network: string | undefined): Promise<boolean> {
    if (!isKeyText(text)) return false;
    const ended = await withTransaction(this.#dataSource, async (tx) => {
      const found = await revokeKeyByHash(tx, hashOfKey(text), 'found leaked');
      if (found !== undefined) {
        const { id, organizationId } = found;
        // The system does not know the finder.
        const actor = { kind: 'system', id: undefined, organizationId, network } as const;
        await recordAudit(tx, actor, { action: 'key.leaked', target: { kind: 'key', id }, details: {} });
      }
      return found;
    });
    return ended !== undefined;
  }
}
