import { Module, type DynamicModule } from '@nestjs/common';
import { BoletoMailer } from './boletos/boleto-mailer.ts';
import { NotifyChunkHandler } from './boletos/notify-chunk.handler.ts';
import { NotifyRecipientHandler } from './boletos/notify-recipient.handler.ts';
import { CONFIG, type Config } from './config.ts';
import { DailyEmails } from './smtp/daily-emails.ts';
import { SmtpRate } from './smtp/smtp-rate.ts';

@Module({})
export class NotifierModule {
  static with(config: Config): DynamicModule {
    return {
      module: NotifierModule,
      providers: [
        NotifyChunkHandler,
        NotifyRecipientHandler,
        BoletoMailer,
        SmtpRate,
        DailyEmails,
        { provide: CONFIG, useValue: config },
      ],
      exports: [NotifyChunkHandler, NotifyRecipientHandler, SmtpRate],
    };
  }
}
