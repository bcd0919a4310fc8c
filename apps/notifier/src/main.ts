import 'reflect-metadata';
import { readConfig } from '#config';
import { runWorker } from '#service';
import { configSchema } from './config.ts';
import { NotifierModule } from './notifier.module.ts';
import { NotifyChunkHandler } from './notify-chunk.handler.ts';
import { NotifyRecipientHandler } from './notify-recipient.handler.ts';
import { SmtpRate } from './smtp-rate.ts';

const config = readConfig(configSchema, process.env);
await runWorker({
  name: 'notifier',
  config,
  module: NotifierModule.with(config),
  handlers: [NotifyChunkHandler, NotifyRecipientHandler],
  loops: [SmtpRate],
});
