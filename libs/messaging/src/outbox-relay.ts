import { isMessageName, topology } from '#contracts';
import type { DataSource } from 'typeorm';
import { backoffMs, pause } from './backoff.ts';
import { messageOf } from './describe-error.ts';
import type { Logger } from '#observability';
import { claimOutbox, deleteFromOutbox, type OutboxRow } from './outbox.ts';
import type { Publisher } from './publisher.ts';

export interface OutboxRelayOptions {
  readonly dataSource: DataSource;
  readonly publisher: Publisher;
  readonly logger: Logger;
  /** Rows claimed at once. */
  readonly batchMax: number;
  /** Wait after finding nothing. */
  readonly pollMs: number;
}

/**
 * Moves committed messages from the outbox to the broker: claim, publish in a window, delete what was confirmed,
 * commit. A crash anywhere publishes again, never less. Any number of relays may run: a row is claimed by one.
 */
export class OutboxRelay {
  readonly #options: OutboxRelayOptions;
  readonly #stopping = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(options: OutboxRelayOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async drain(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { publisher, logger, pollMs, batchMax } = this.#options;
    const { signal } = this.#stopping;
    let failures = 0;
    while (!signal.aborted) {
      // While the broker takes nothing, claiming would only hold locks.
      if (!publisher.isReady) {
        await pause(pollMs, signal);
        continue;
      }
      try {
        const { claimed, published } = await this.#relayOnce();
        failures = published < claimed ? failures + 1 : 0;
        if (failures > 0) await pause(backoffMs(failures), signal);
        else if (claimed < batchMax) await pause(pollMs, signal);
      } catch (error) {
        failures += 1;
        logger.warn('cannot relay, trying again', { event: 'relay.failed', reason: messageOf(error) });
        await pause(backoffMs(failures), signal);
      }
    }
  }

  async #relayOnce(): Promise<{ claimed: number; published: number }> {
    const { dataSource, batchMax } = this.#options;
    return await dataSource.transaction(async (tx) => {
      const rows = await claimOutbox(tx, batchMax);
      const confirmed = await this.#publishAll(rows);
      await deleteFromOutbox(tx, confirmed);
      return { claimed: rows.length, published: confirmed.length };
    });
  }

  /** The ids of the rows that the broker confirmed. */
  async #publishAll(rows: readonly OutboxRow[]): Promise<string[]> {
    const { publisher, logger } = this.#options;
    const results = await Promise.allSettled(
      rows.map(async (row) => {
        if (!isMessageName(row.name)) throw new Error(`no message is called ${row.name}`);
        await publisher.publish({
          exchange: topology.exchanges.work,
          routingKey: row.name,
          messageId: row.messageId,
          name: row.name,
          body: Buffer.from(row.body),
        });
        return row.id;
      }),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) {
      logger.warn('some messages stay in the outbox', { event: 'relay.unconfirmed', reason: messageOf(failed.reason) });
    }
    return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  }
}
