import 'reflect-metadata';
import { readConfig } from '#config';
import { runWorker } from '#worker';
import { NotifyChunkHandler } from './boletos/notify-chunk.handler.ts';
import { NotifyRecipientHandler } from './boletos/notify-recipient.handler.ts';
import { configSchema } from './config.ts';
import { NotifierModule } from './notifier.module.ts';
import { SmtpRate } from './smtp/smtp-rate.ts';

const config = readConfig(configSchema, process.env);
await runWorker({
  name: 'notifier',
  config,
  module: NotifierModule.with(config),
  handlers: [NotifyChunkHandler, NotifyRecipientHandler],
  loops: [SmtpRate],
});
