import 'reflect-metadata';
import { readConfig } from '#config';
import { runWorker } from '#worker';
import { configSchema } from './config.ts';
import { FileSplitterModule } from './file-splitter.module.ts';
import { SplitFileHandler } from './split-file.handler.ts';

const config = readConfig(configSchema, process.env);
await runWorker({
  name: 'file-splitter',
  config,
  module: FileSplitterModule.with(config),
  handlers: [SplitFileHandler],
});
