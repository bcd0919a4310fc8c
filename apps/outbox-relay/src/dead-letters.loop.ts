import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { withTransaction } from '#database';
import { Broker, type DeadLetter } from '#messaging';
import { STORAGE, type Loop } from '#service';
import type { Storage } from '#storage';
import { buryDeadLetter, type Fate } from './bury-dead-letter.ts';
import { returnUnroutable } from './return-unroutable.ts';
import { suspect } from './suspect.ts';

/** Drains the dead-letter queues into the database, where a person can look at them. */
@Injectable()
export class DeadLettersLoop implements Loop {
  constructor(
    private readonly broker: Broker,
    private readonly dataSource: DataSource,
    @Inject(STORAGE) private readonly storage: Storage,
  ) {}

  start(): void {
    this.broker.drainDeadLetters(async (letter) => await this.bury(letter));
  }

  /** The broker drains its own subscriptions. */
  async stop(): Promise<void> {
    await Promise.resolve();
  }

  private async bury(letter: DeadLetter): Promise<Fate | 'returned'> {
    const returned = await withTransaction(this.dataSource, async (tx) => await returnUnroutable(tx, letter));
    if (returned) return 'returned';
    // Outside the transaction: it may read the file.
    const suspicion = await suspect(this.dataSource.manager, this.storage, letter);
    return await withTransaction(this.dataSource, async (tx) => await buryDeadLetter(tx, letter, suspicion));
  }
}
