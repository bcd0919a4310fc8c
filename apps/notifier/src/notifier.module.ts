import { Module, type DynamicModule } from '@nestjs/common';
import { topology } from '#contracts';
import { BoletoMailer, MAIL_CONFIG, type MailConfig } from './boletos/boleto-mailer.ts';
import { NOTIFY_PACE, NotifyChunkHandler, type NotifyPace } from './boletos/notify-chunk.handler.ts';
import { NotifyRecipientHandler } from './boletos/notify-recipient.handler.ts';
import { rateOf, type Config } from './config.ts';
import { SMTP_RATE, SmtpRate } from './smtp/smtp-rate.ts';

/** A few seconds of work for a healthy mail server. NotifyPace explains the limit. */
const SLICE_MAX = 500;
const GROUP_MAX = 50;

@Module({})
export class NotifierModule {
  static with(
    config: MailConfig & Pick<Config, 'RETRY_DELAYS_MS' | 'SMTP_RATE_PER_SECOND' | 'SMTP_BURST'>,
  ): DynamicModule {
    const firstRetryMs = config.RETRY_DELAYS_MS?.[0] ?? topology.retryDelaysMs[0];
    const pace: NotifyPace = { firstRetryMs, sliceMax: SLICE_MAX, groupMax: GROUP_MAX };
    return {
      module: NotifierModule,
      providers: [
        NotifyChunkHandler,
        NotifyRecipientHandler,
        BoletoMailer,
        SmtpRate,
        { provide: MAIL_CONFIG, useValue: config },
        { provide: SMTP_RATE, useValue: rateOf(config) },
        { provide: NOTIFY_PACE, useValue: pace },
      ],
      exports: [NotifyChunkHandler, NotifyRecipientHandler, SmtpRate],
    };
  }
}
