import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from './config.ts';
import { TIME_ZONE, ValidateChunkHandler } from './validate-chunk.handler.ts';

@Module({})
export class ChunkValidatorModule {
  static with(config: Pick<Config, 'TIME_ZONE'>): DynamicModule {
    return {
      module: ChunkValidatorModule,
      providers: [ValidateChunkHandler, { provide: TIME_ZONE, useValue: config.TIME_ZONE }],
      exports: [ValidateChunkHandler],
    };
  }
}
