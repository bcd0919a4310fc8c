import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { deleteBlock, purgeDeadBlocks, upsertBlock } from './publisher-block.queries.ts';

/** Records in the database that the broker accepts nothing from this relay, for as long as that is true. */
export class PublisherBlock {
  readonly #relay = randomUUID();
  #isTold = false;

  constructor(private readonly dataSource: DataSource) {}

  /** Once a second. Writes nothing while all is well. */
  async tell(isBlocked: boolean): Promise<void> {
    const { manager } = this.dataSource;
    if (isBlocked) {
      // Set before the write: if the answer is lost, the row is still removed later.
      this.#isTold = true;
      await upsertBlock(manager, this.#relay);
    } else if (this.#isTold) {
      await deleteBlock(manager, this.#relay);
      await purgeDeadBlocks(manager);
      this.#isTold = false;
    }
  }
}
