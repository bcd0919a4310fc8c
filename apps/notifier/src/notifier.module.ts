import { Module, type DynamicModule } from '@nestjs/common';
import { topology } from '#contracts';
import { BoletoMailer, MAIL_CONFIG, type MailConfig } from './boleto-mailer.ts';
import type { Config } from './config.ts';
import { FIRST_RETRY_MS, NotifyChunkHandler } from './notify-chunk.handler.ts';
import { NotifyRecipientHandler } from './notify-recipient.handler.ts';

@Module({})
export class NotifierModule {
  static with(config: MailConfig & Pick<Config, 'RETRY_DELAYS_MS'>): DynamicModule {
    const firstRetryMs = config.RETRY_DELAYS_MS?.[0] ?? topology.retryDelaysMs[0];
    return {
      module: NotifierModule,
      providers: [
        NotifyChunkHandler,
        NotifyRecipientHandler,
        BoletoMailer,
        { provide: MAIL_CONFIG, useValue: config },
        { provide: FIRST_RETRY_MS, useValue: firstRetryMs },
      ],
      exports: [NotifyChunkHandler, NotifyRecipientHandler],
    };
  }
}
