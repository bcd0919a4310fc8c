import { Inject, Injectable } from '@nestjs/common';
import type { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { Broker, type DeadLetter } from '#broker';
import { failureClassNames, queueNames, topology } from '#contracts';
import { withTransaction } from '#database';
import { METRICS, STORAGE, type Lifecycle } from '#process';
import type { Storage } from '#storage';
import { burialMetrics, type BurialMetrics } from './burial.metrics.ts';
import { buryDeadLetter, type Fate } from './bury-dead-letter.ts';
import { returnUnroutable } from './return-unroutable.ts';
import { suspect } from './suspect.ts';

/** Drains the dead-letter queues into the database, where a person can look at them. */
@Injectable()
export class DeadLettersLoop implements Lifecycle {
  readonly #metrics: BurialMetrics;

  constructor(
    private readonly broker: Broker,
    private readonly dataSource: DataSource,
    @Inject(STORAGE) private readonly storage: Storage,
    @Inject(METRICS) registry: Registry,
  ) {
    const queues = [...queueNames, topology.parkingQueue, topology.exchanges.unroutable];
    this.#metrics = burialMetrics(registry, queues, failureClassNames);
  }

  /** The broker drains its own subscriptions when it stops. */
  start(): void {
    this.broker.drainDeadLetters(async (letter) => await this.#bury(letter));
  }

  async #bury(letter: DeadLetter): Promise<Fate | 'returned'> {
    const returned = await withTransaction(this.dataSource, async (tx) => await returnUnroutable(tx, letter));
    if (returned) {
      this.#metrics.returned();
      return 'returned';
    }
    // Outside the transaction: it may read the file.
    const suspicion = await suspect(this.dataSource.manager, this.storage, letter);
    const fate = await withTransaction(this.dataSource, async (tx) => await buryDeadLetter(tx, letter, suspicion));
    if (fate === 'kept') this.#metrics.buried(letter.queue, letter.failureClass);
    return fate;
  }
}
