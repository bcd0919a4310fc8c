import type { DataSource } from 'typeorm';
import { withTransaction } from '#database';
import { hashOfKey, isKeyText } from './key-text.ts';
import { revokeKeyByHash } from './keys.queries.ts';

/** Ends keys for callers that have no identity: whoever knows the text of a key may end it, and do nothing else. */
export class LeakedKeys {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  /** True if this call has ended the key. */
  async end(text: string): Promise<boolean> {
    if (!isKeyText(text)) return false;
    const ended = await withTransaction(this.#dataSource, (tx) => revokeKeyByHash(tx, hashOfKey(text), 'found leaked'));
    return ended !== undefined;
  }
}
