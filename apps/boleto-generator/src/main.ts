import 'reflect-metadata';
import { readConfig } from '#config';
import { letHeapGrow } from '#process';
import { runWorker } from '#worker';
import { BoletoGeneratorModule } from './boleto-generator.module.ts';
import { configSchema } from './config.ts';
import { CloseExportHandler } from './exports/close-export.handler.ts';
import { RenderPartHandler } from './exports/render-part.handler.ts';
import { StartExportHandler } from './exports/start-export.handler.ts';
import { IssueChunkHandler } from './issue/issue-chunk.handler.ts';

letHeapGrow();
const config = readConfig(configSchema, process.env);
await runWorker({
  name: 'boleto-generator',
  config,
  module: BoletoGeneratorModule.with(config),
  handlers: [IssueChunkHandler, StartExportHandler, RenderPartHandler, CloseExportHandler],
});
