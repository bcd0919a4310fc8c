import 'reflect-metadata';
import { readConfig } from '#config';
import { runHttpService } from '#http';
import { configSchema } from './config.ts';
import { documentation, ReceivablesApiModule } from './receivables-api.module.ts';

const config = readConfig(configSchema, process.env);
await runHttpService({
  name: 'receivables-api',
  config,
  module: ReceivablesApiModule.with(config),
  documentation,
});
