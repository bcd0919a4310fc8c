import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from './config.ts';
import { CloseExportHandler } from './exports/close-export.handler.ts';
import { RenderPartHandler } from './exports/render-part.handler.ts';
import { StartExportHandler } from './exports/start-export.handler.ts';
import { IssueChunkHandler, TIME_ZONE } from './issue/issue-chunk.handler.ts';

const handlers = [IssueChunkHandler, StartExportHandler, RenderPartHandler, CloseExportHandler];

@Module({})
export class BoletoGeneratorModule {
  static with(config: Pick<Config, 'TIME_ZONE'>): DynamicModule {
    return {
      module: BoletoGeneratorModule,
      providers: [...handlers, { provide: TIME_ZONE, useValue: config.TIME_ZONE }],
      exports: handlers,
    };
  }
}
