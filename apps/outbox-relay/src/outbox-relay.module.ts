import { Module, type DynamicModule } from '@nestjs/common';
import { CloseBatchesLoop } from './close-batches.loop.ts';
import type { Config } from './config.ts';
import { DeadLettersLoop } from './dead-letters.loop.ts';
import { RELAY_CONFIG, RelayLoop } from './relay.loop.ts';

@Module({})
export class OutboxRelayModule {
  static with(config: Pick<Config, 'RELAY_BATCH_MAX' | 'RELAY_POLL_MS'>): DynamicModule {
    return {
      module: OutboxRelayModule,
      providers: [RelayLoop, CloseBatchesLoop, DeadLettersLoop, { provide: RELAY_CONFIG, useValue: config }],
      exports: [RelayLoop, CloseBatchesLoop, DeadLettersLoop],
    };
  }
}
