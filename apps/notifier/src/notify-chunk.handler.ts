import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { withTransaction } from '#database';
import { done, enqueueAll, postpone, type Delivery, type Handler, type Outcome } from '#messaging';
import { addLogContext } from '#observability';
import { BoletoMailer, type Attempt } from './boleto-mailer.ts';
import { describeFailure } from './classify-smtp-error.ts';
import { findUntried, insertPending, recordAttempts } from './notifications.queries.ts';

/** Milliseconds until an e-mail that failed for now is tried again. */
export const FIRST_RETRY_MS = Symbol('first retry');

/** E-mails sent before their outcomes are recorded: what a crash in between sends once more, at most. */
const GROUP_MAX = 20;
const KIND = 'boleto_issued';

/**
 * chunk.issued.v1 → one e-mail for each boleto of the part. It records as it goes, so a redelivery sends only what is
 * left. A recipient that fails for now goes on alone, with a message of its own; a server that is unavailable sends
 * the part back as it is.
 */
@Injectable()
export class NotifyChunkHandler implements Handler<'notifier.chunks'> {
  readonly queue = 'notifier.chunks';

  constructor(
    private readonly dataSource: DataSource,
    private readonly mailer: BoletoMailer,
    @Inject(FIRST_RETRY_MS) private readonly firstRetryMs: number,
  ) {}

  async handle({ message: part, signal }: Delivery<'notifier.chunks'>): Promise<Outcome> {
    await withTransaction(this.dataSource, async (tx) => {
      await insertPending(tx, part);
    });
    const untried = await findUntried(this.dataSource.manager, part);
    const counts = { delivered: 0, transient: 0, permanent: 0, unavailable: 0 };
    for (let at = 0; at < untried.length; at += GROUP_MAX) {
      const attempts = await this.mailer.deliver(part.batchId, untried.slice(at, at + GROUP_MAX), signal);
      // Also when the message was lost meanwhile: what was sent was sent.
      await this.record(part.batchId, attempts);
      signal.throwIfAborted();
      for (const { outcome } of attempts) counts[outcome.kind] += 1;
      addLogContext(counts);
      for (const { outcome } of attempts) {
        if (outcome.kind === 'unavailable') return postpone(describeFailure(outcome));
      }
    }
    return done;
  }

  private async record(batchId: string, attempts: readonly Attempt[]): Promise<void> {
    await withTransaction(this.dataSource, async (tx) => {
      const boletoIds = await recordAttempts(tx, KIND, attempts, 0);
      const messages = boletoIds.map((boletoId) => ({ batchId, boletoId, kind: KIND }) as const);
      await enqueueAll(tx, 'notification.due.v1', messages, { delayMs: this.firstRetryMs });
    });
  }
}
