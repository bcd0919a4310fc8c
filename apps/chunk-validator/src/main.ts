import 'reflect-metadata';
import { readConfig } from '#config';
import { letHeapGrow } from '#process';
import { runWorker } from '#worker';
import { ChunkValidatorModule } from './chunk-validator.module.ts';
import { configSchema } from './config.ts';
import { ValidateChunkHandler } from './validate-chunk.handler.ts';

letHeapGrow();
const config = readConfig(configSchema, process.env);
await runWorker({
  name: 'chunk-validator',
  config,
  module: ChunkValidatorModule.with(config),
  handlers: [ValidateChunkHandler],
});
