import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from './config.ts';
import { CHUNK_BYTES, SplitFileHandler } from './split-file.handler.ts';

@Module({})
export class FileSplitterModule {
  static with(config: Pick<Config, 'CHUNK_BYTES'>): DynamicModule {
    return {
      module: FileSplitterModule,
      providers: [SplitFileHandler, { provide: CHUNK_BYTES, useValue: config.CHUNK_BYTES }],
      exports: [SplitFileHandler],
    };
  }
}
