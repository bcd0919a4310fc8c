import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import {
  deadQueue,
  decodeFor,
  isAlone,
  ladderOf,
  lanesOf,
  retryQueue,
  topology,
  type FailureClass,
  type QueueName,
} from '#contracts';
import { withTransaction } from '#database';
import { withLogContext, type Logger } from '#observability';
import { isInInbox, recordInInbox } from '#outbox';
import { backoffMs, pause } from '#process';
import type { StageBreaker } from '../breaker/stage-breaker.ts';
import type { Publisher } from '../link/publisher.ts';
import type { FetchedMessage } from '../link/take-one.ts';
import type { MessagingMetrics } from '../messaging.metrics.ts';
import { classifyError } from './classify-error.ts';
import { describeError, messageOf, type ErrorDescription } from './describe-error.ts';
import type { Delivery, Handler } from './handler.ts';
import { deliveryHeaders, readHeaders, type DeliveryHeaders } from './headers.ts';
import { done, failed, type Outcome } from './outcome.ts';
import { settle, type Settlement } from './settlement.ts';

export interface WorkConsumerOptions {
  readonly dataSource: DataSource;
  readonly publisher: Publisher;
  readonly logger: Logger;
  readonly metrics: MessagingMetrics;
  readonly retryDelaysMs: readonly number[];
  /** Returns a number in [0, 1), which selects the lane of a retry. */
  readonly random: () => number;
  readonly breaker: StageBreaker | undefined;
}

const PARKED: FailureClass = 'invalid';

interface Judged {
  readonly outcome: Outcome;
  /** False for a repeat, which called no provider. */
  readonly isWorkedOn: boolean;
  readonly error?: ErrorDescription;
}

class RolledBack extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super('the handler did not finish');
    this.outcome = outcome;
  }
}

/** A message that the broker delivered. `lost` aborts when its channel is gone, so that it cannot be settled. */
interface Taken {
  readonly raw: FetchedMessage;
  readonly headers: DeliveryHeaders;
  readonly startedAt: bigint;
  readonly lost: AbortSignal;
}

/**
 * The one loop that owns a delivery: decode → inbox → handler → settle → act. Handlers return values. No other code
 * acks, delays or dead-letters a message.
 */
export class WorkConsumer<Q extends QueueName> {
  readonly #queue: Q;
  readonly #handler: Handler<Q>;
  readonly #options: WorkConsumerOptions;

  constructor(queue: Q, handler: Handler<Q>, options: WorkConsumerOptions) {
    this.#queue = queue;
    this.#handler = handler;
    this.#options = options;
  }

  /** Handles one message. 'leave' means that it could not be settled and stays with the broker. */
  async consume(raw: FetchedMessage, lost: AbortSignal): Promise<'ack' | 'leave'> {
    const queue = this.#queue;
    const startedAt = process.hrtime.bigint();
    const headers = readHeaders(raw.properties);
    const taken = { raw, headers, startedAt, lost };
    const decoded = decodeFor(queue, raw.content);
    if (!decoded.ok) return await this.#park(taken, decoded.reason);
    if (headers.messageId === undefined) return await this.#park(taken, 'no message id');

    const { messageId } = headers;
    const { message } = decoded;
    return await withLogContext({ batchId: message.batchId, queue, messageId }, async () => {
      if (headers.publishedAt !== undefined) {
        this.#options.metrics.age(queue, Math.max(0, Date.now() - headers.publishedAt) / 1_000);
      }
      const judged = await this.#judge({
        message,
        messageId,
        isAlone: isAlone(queue),
        attempt: headers.attempt,
        signal: lost,
      });
      if (lost.aborted) return 'leave';
      const settlement = settle(ladderOf(queue, this.#options.retryDelaysMs), headers.attempt, judged.outcome);
      // Recorded before the message is sent on, so that an open breaker keeps it from being fetched again.
      if (judged.isWorkedOn) this.#options.breaker?.record(judged.outcome);
      const obeyed = await this.#obey(taken, settlement, judged.error);
      this.#report(settlement, headers, judged, startedAt);
      return obeyed;
    });
  }

  async #judge(known: Omit<Delivery<Q>, 'commit'>): Promise<Judged> {
    const { dataSource } = this.#options;
    const queue = this.#queue;
    let committed = false;
    const commit: Delivery<Q>['commit'] = async (work) => {
      try {
        const committedOutcome = await withTransaction(dataSource, async (tx) => {
          if (!(await recordInInbox(tx, queue, known.messageId))) return done;
          const outcome = await work(tx);
          if (outcome.kind !== 'done') throw new RolledBack(outcome);
          // A worker that was suspended past its heartbeat must commit nothing, because another worker has the message
          // now.
          known.signal.throwIfAborted();
          return outcome;
        });
        committed = true;
        return committedOutcome;
      } catch (error) {
        if (error instanceof RolledBack) return error.outcome;
        throw error;
      }
    };
    try {
      if (await isInInbox(dataSource.manager, queue, known.messageId)) return { outcome: done, isWorkedOn: false };
      const outcome = await this.#handler.handle({ ...known, commit });
      if (outcome.kind === 'done' && !committed) await commit(async () => await Promise.resolve(done));
      return { outcome, isWorkedOn: true };
    } catch (error) {
      const outcome = failed(classifyError(error), messageOf(error));
      return { outcome, isWorkedOn: true, error: describeError(error) };
    }
  }

  async #obey(taken: Taken, settlement: Settlement, error: ErrorDescription | undefined): Promise<'ack' | 'leave'> {
    const queue = this.#queue;
    const { headers } = taken;
    switch (settlement.do) {
      case 'ack':
        return 'ack';
      case 'delay':
        return await this.#republish(taken, {
          exchange: topology.exchanges.retry,
          routingKey: retryQueue(queue, this.#laneOf(settlement.delayMs)),
          headers: deliveryHeaders(headers, { attempt: settlement.nextAttempt, reason: settlement.reason, error }),
        });
      case 'dead-letter':
        return await this.#republish(taken, {
          exchange: topology.exchanges.dead,
          routingKey: deadQueue(queue),
          headers: deliveryHeaders(headers, {
            attempt: headers.attempt,
            reason: settlement.reason,
            error,
            failureClass: settlement.failureClass,
          }),
        });
    }
  }

  #laneOf(delayMs: number): number {
    const { retryDelaysMs, random } = this.#options;
    const lanes = lanesOf(this.#queue, retryDelaysMs, delayMs);
    return lanes[Math.floor(random() * lanes.length)] ?? delayMs;
  }

  async #park(taken: Taken, reason: string): Promise<'ack' | 'leave'> {
    const queue = this.#queue;
    const { headers, startedAt } = taken;
    const { logger, metrics } = this.#options;
    const obeyed = await this.#republish(taken, {
      exchange: topology.exchanges.dead,
      routingKey: topology.parkingQueue,
      headers: deliveryHeaders(headers, {
        attempt: headers.attempt,
        reason,
        error: undefined,
        queue,
        failureClass: PARKED,
      }),
    });
    metrics.delivered(queue, 'parked', secondsSince(startedAt));
    metrics.failed(queue, PARKED);
    logger.error('parked a message that cannot be read', {
      event: 'message.parked',
      queue,
      messageId: headers.messageId,
      failureClass: PARKED,
      reason,
    });
    return obeyed;
  }

  /**
   * Publishes a copy, waits for the confirm, then acks: the broker has the copy before it drops the original. Waits for
   * a broker that is away.
   */
  async #republish(
    { raw, headers: { messageId }, lost }: Taken,
    to: { exchange: string; routingKey: string; headers: Record<string, unknown> },
  ): Promise<'ack' | 'leave'> {
    const publication = {
      ...to,
      messageId: messageId ?? randomUUID(),
      name: topology.queues[this.#queue].consumes,
    };
    for (let failures = 0; !lost.aborted; failures += 1) {
      try {
        await this.#options.publisher.publish({ ...publication, body: raw.content });
        return 'ack';
      } catch (error) {
        this.#options.logger.warn('cannot hand the message on, trying again', {
          event: 'message.republish_failed',
          queue: this.#queue,
          reason: messageOf(error),
        });
        await pause(backoffMs(failures), lost);
      }
    }
    return 'leave';
  }

  #report(settlement: Settlement, headers: DeliveryHeaders, { outcome, error }: Judged, startedAt: bigint): void {
    const { logger, metrics } = this.#options;
    const seconds = secondsSince(startedAt);
    const name = { ack: 'done', delay: 'retry', 'dead-letter': 'dead-letter' }[settlement.do];
    metrics.delivered(this.#queue, name, seconds);
    const fields = {
      event: 'message.settled',
      attempt: headers.attempt,
      outcome: name,
      durationMs: Math.round(seconds * 1_000),
    };
    if (outcome.kind === 'done') {
      logger.info('message done', fields);
      return;
    }
    const { failureClass, reason } = outcome;
    metrics.failed(this.#queue, failureClass);
    const withReason = { ...fields, failureClass, reason, ...(error === undefined ? {} : { error }) };
    if (settlement.do === 'delay') logger.warn('message delayed', { ...withReason, delayMs: settlement.delayMs });
    else logger.error('message is a dead letter', withReason);
  }
}

function secondsSince(startedAt: bigint): number {
  return Number(process.hrtime.bigint() - startedAt) / 1e9;
}
