import { Injectable } from '@nestjs/common';
import { Broker } from '#messaging';
import type { Loop } from '#service';
import { buryDeadLetter } from './bury-dead-letter.ts';

/** Drains the dead-letter queues into the database, where a person can look at them. */
@Injectable()
export class DeadLettersLoop implements Loop {
  constructor(private readonly broker: Broker) {}

  start(): void {
    this.broker.drainDeadLetters(buryDeadLetter);
  }

  /** The broker drains its own subscriptions. */
  async stop(): Promise<void> {
    await Promise.resolve();
  }
}
