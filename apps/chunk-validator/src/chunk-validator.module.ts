import { Module, type DynamicModule } from '@nestjs/common';
import { CONFIG, type Config } from './config.ts';
import { ValidateChunkHandler } from './validate-chunk.handler.ts';

@Module({})
export class ChunkValidatorModule {
  static with(config: Pick<Config, 'TIME_ZONE' | 'FAST_PATHS'>): DynamicModule {
    return {
      module: ChunkValidatorModule,
      providers: [ValidateChunkHandler, { provide: CONFIG, useValue: config }],
      exports: [ValidateChunkHandler],
    };
  }
}
