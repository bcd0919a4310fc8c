import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { deleteBlock, purgeDeadBlocks, upsertBlock } from './publisher-block.queries.ts';

/** Says to everybody, in the database, that the broker takes nothing from this relay, for as long as that is so. */
export class PublisherBlock {
  private readonly relay = randomUUID();
  private isTold = false;

  constructor(private readonly dataSource: DataSource) {}

  /** Once a second. Writes nothing while all is well. */
  async tell(isBlocked: boolean): Promise<void> {
    const { manager } = this.dataSource;
    if (isBlocked) {
      // Before it is written: when the answer is lost, it is taken back all the same.
      this.isTold = true;
      await upsertBlock(manager, this.relay);
    } else if (this.isTold) {
      await deleteBlock(manager, this.relay);
      await purgeDeadBlocks(manager);
      this.isTold = false;
    }
  }
}
