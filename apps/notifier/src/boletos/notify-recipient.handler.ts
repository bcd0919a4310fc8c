import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { done, postpone, reject, retry, type Delivery, type Handler, type Outcome } from '#broker';
import { withTransaction } from '#database';
import { Claims } from '../claims/claims.ts';
import { findNotification, recordAttempts } from '../claims/notifications.queries.ts';
import { describeFailure } from '../smtp/classify-smtp-error.ts';
import { SmtpRate } from '../smtp/smtp-rate.ts';
import { BoletoMailer, type Attempt } from './boleto-mailer.ts';
import { loadForMail } from './load-for-mail.ts';

/** The longest wait for the rate limit. A waiting delivery occupies its consumer, like a slice (SLICE_MS_MAX). */
const RATE_WAIT_MS_MAX = 60_000;

/**
 * notification.due.v1 → one more attempt for one e-mail. The outcome is recorded before the message is settled, so a
 * redelivery finds the e-mail sent. After the last retry the dead-letter drain of the dispatcher marks the e-mail as
 * failed.
 */
@Injectable()
export class NotifyRecipientHandler implements Handler<'notifier.recipients'> {
  readonly queues = ['notifier.recipients'] as const;

  constructor(
    private readonly dataSource: DataSource,
    private readonly mailer: BoletoMailer,
    private readonly rate: SmtpRate,
  ) {}

  async handle({ message, signal }: Delivery<'notifier.recipients'>): Promise<Outcome> {
    const { boletoId, kind } = message;
    const notification = await findNotification(this.dataSource.manager, boletoId, kind);
    if (notification === undefined) return reject(`boleto ${boletoId} has no notification ${kind}`);
    if (notification.status !== 'pending') return done;

    const permits = await this.rate.permits(1, AbortSignal.any([signal, AbortSignal.timeout(RATE_WAIT_MS_MAX)]));
    signal.throwIfAborted();
    if (permits === 0) return postpone('the limit of e-mails is reached', 'throttled');

    const claims = new Claims(this.dataSource, kind);
    try {
      const claimed = await claims.claim([boletoId], notification.attempts);
      if (claimed.length === 0) return postpone('another delivery holds this e-mail', 'throttled');
      const { boletos, failed } = await loadForMail(this.dataSource, claimed);
      const { messageId } = notification;
      const earlierIds = new Map(messageId === null ? [] : [[boletoId, messageId]]);
      const sent = await this.mailer.send(boletos, () => !signal.aborted && claims.areValid, earlierIds);
      const attempts = [...failed, ...sent];
      await withTransaction(this.dataSource, async (tx) => {
        await recordAttempts(tx, kind, attempts, notification.attempts);
      });
      signal.throwIfAborted();
      return outcomeOf(boletoId, attempts);
    } finally {
      await claims.end();
    }
  }
}

function outcomeOf(boletoId: string, [attempt]: readonly Attempt[]): Outcome {
  const outcome = attempt?.outcome;
  switch (outcome?.kind) {
    case 'throttled':
    case 'unavailable':
      return postpone(describeFailure(outcome), outcome.kind);
    case 'transient':
    case 'unknown':
      return retry(describeFailure(outcome));
    case 'delivered':
    case 'permanent':
    case 'invalid':
      return done;
    case undefined:
      return postpone(`boleto ${boletoId} was not tried: another delivery may hold it`, 'throttled');
  }
}
