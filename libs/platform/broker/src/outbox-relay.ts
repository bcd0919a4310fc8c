import type { DataSource } from 'typeorm';
import { isMessageName, topology } from '#contracts';
import { withTransaction } from '#database';
import type { Logger } from '#observability';
import { claimOutbox, deleteFromOutbox, type OutboxRow } from '#outbox';
import { backoffMs, pause, WakeUp } from '#process';
import { messageOf } from './delivery/describe-error.ts';
import type { Publisher } from './link/publisher.ts';

export interface OutboxRelayOptions {
  readonly dataSource: DataSource;
  readonly publisher: Publisher;
  readonly logger: Logger;
  /** Rows claimed at once. */
  readonly batchMax: number;
  /** Wait after finding fewer rows than `batchMax`, unless woken. */
  readonly pollMs: number;
}

/** Interval of checking a publisher that is not ready. The check costs nothing. */
const READY_POLL_MS = 100;
/** Pause between rounds, so that messages of many transactions committed together are published together. */
const REST_MS = 5;

/** How long a stopping relay waits for confirms. A broker that blocks the connection sends none. */
const STOP_PATIENCE_MS = 3_000;

/**
 * Moves committed messages from the outbox to the broker: claim, publish in a window, delete the confirmed ones,
 * commit. A crash may publish a message again, and never loses one. Any number of relays may run, because one relay
 * claims each row.
 */
export class OutboxRelay {
  readonly #options: OutboxRelayOptions;
  readonly #stopping = new AbortController();
  readonly #wakeUp = new WakeUp();
  #loop: Promise<void> | undefined;
  #isImpatient = false;
  /** Ends the wait for confirms. */
  #giveUp: (() => void) | undefined;

  constructor(options: OutboxRelayOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Reports a new message: it is published at once, without waiting for the next poll. */
  wake(): void {
    this.#wakeUp.call();
  }

  /** Ends soon, whatever the broker does. Unconfirmed messages stay in the outbox and may be published twice. */
  async drain(): Promise<void> {
    this.#stopping.abort();
    const patience = setTimeout(() => {
      this.#isImpatient = true;
      this.#giveUp?.();
    }, STOP_PATIENCE_MS);
    await this.#loop;
    clearTimeout(patience);
  }

  async #run(): Promise<void> {
    const { publisher, logger, pollMs, batchMax } = this.#options;
    const { signal } = this.#stopping;
    let failures = 0;
    while (!signal.aborted) {
      // While the broker accepts nothing, a claim would only hold locks.
      if (!publisher.isReady) {
        await pause(Math.min(pollMs, READY_POLL_MS), signal);
        continue;
      }
      try {
        const { claimed, published } = await this.#relayOnce();
        failures = published < claimed ? failures + 1 : 0;
        if (failures > 0) await pause(backoffMs(failures), signal);
        else if (claimed < batchMax) await this.#wakeUp.wait(pollMs, { restMs: REST_MS, signal });
      } catch (error) {
        failures += 1;
        logger.warn('cannot relay, trying again', { event: 'relay.failed', reason: messageOf(error) });
        await pause(backoffMs(failures), signal);
      }
    }
  }

  async #relayOnce(): Promise<{ claimed: number; published: number }> {
    const { dataSource, batchMax } = this.#options;
    return await withTransaction(
      dataSource,
      async (tx) => {
        const rows = await claimOutbox(tx, batchMax);
        const confirmed = await this.#publishAll(rows);
        await deleteFromOutbox(tx, confirmed);
        return { claimed: rows.length, published: confirmed.length };
      },
      // The loop tries again: another attempt here would publish the same messages at once.
      { attemptsMax: 1 },
    );
  }

  /** Publishes the rows and returns the ids of those that the broker confirmed. */
  async #publishAll(rows: readonly OutboxRow[]): Promise<readonly string[]> {
    const confirmed: string[] = [];
    let reason = 'told to stop';
    const all = rows.map(async (row) => {
      try {
        await this.#publish(row);
        confirmed.push(row.id);
      } catch (error) {
        reason = messageOf(error);
      }
    });
    const givenUp = new Promise<void>((resolve) => {
      this.#giveUp = resolve;
      if (this.#isImpatient) resolve();
    });
    await Promise.race([Promise.all(all), givenUp]);
    this.#giveUp = undefined;
    if (confirmed.length < rows.length) {
      this.#options.logger.warn('some messages stay in the outbox', { event: 'relay.unconfirmed', reason });
    }
    return [...confirmed];
  }

  async #publish({ name, messageId, body }: OutboxRow): Promise<void> {
    if (!isMessageName(name)) throw new Error(`no message is called ${name}`);
    const { work } = topology.exchanges;
    await this.#options.publisher.publish({
      exchange: work,
      routingKey: name,
      messageId,
      name,
      body: Buffer.from(body),
    });
  }
}
