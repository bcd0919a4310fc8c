import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { withTransaction } from '#database';
import { done, postpone, reject, retry, type Delivery, type Handler, type Outcome } from '#messaging';
import { BoletoMailer } from './boleto-mailer.ts';
import { describeFailure } from './classify-smtp-error.ts';
import { findNotification, recordAttempts } from './notifications.queries.ts';

/**
 * notification.due.v1 → one e-mail, tried once more. It is recorded before the message is settled, so a repeat of the
 * message finds it sent. After the last rung of the ladder, who drains the dead letters marks it failed.
 */
@Injectable()
export class NotifyRecipientHandler implements Handler<'notifier.recipients'> {
  readonly queue = 'notifier.recipients';

  constructor(
    private readonly dataSource: DataSource,
    private readonly mailer: BoletoMailer,
  ) {}

  async handle({ message, signal }: Delivery<'notifier.recipients'>): Promise<Outcome> {
    const { batchId, boletoId, kind } = message;
    const notification = await findNotification(this.dataSource.manager, boletoId, kind);
    if (notification === undefined) return reject(`boleto ${boletoId} has no notification ${kind}`);
    if (notification.status !== 'pending') return done;

    const attempts = await this.mailer.deliver(batchId, [boletoId], signal);
    await withTransaction(this.dataSource, async (tx) => {
      await recordAttempts(tx, kind, attempts, notification.attempts);
    });
    signal.throwIfAborted();
    const outcome = attempts[0]?.outcome;
    switch (outcome?.kind) {
      case 'unavailable':
        return postpone(describeFailure(outcome));
      case 'transient':
        return retry(describeFailure(outcome));
      case 'delivered':
      case 'permanent':
        return done;
      case undefined:
        throw new Error(`boleto ${boletoId} was not tried`);
    }
  }
}
