import { Module, type DynamicModule } from '@nestjs/common';
import { CloseBatchesLoop } from './close-batches.loop.ts';
import type { Config } from './config.ts';
import { DeadLettersLoop } from './dead-letters.loop.ts';
import { PurgeLoop, RETENTION } from './purge.loop.ts';
import type { Retention } from './purge.ts';
import { RELAY_CONFIG, RelayLoop } from './relay.loop.ts';

@Module({})
export class OutboxRelayModule {
  static with(config: Pick<Config, 'RELAY_BATCH_MAX' | 'RELAY_POLL_MS'> & Retention): DynamicModule {
    return {
      module: OutboxRelayModule,
      providers: [
        RelayLoop,
        CloseBatchesLoop,
        DeadLettersLoop,
        PurgeLoop,
        { provide: RELAY_CONFIG, useValue: config },
        { provide: RETENTION, useValue: config },
      ],
      exports: [RelayLoop, CloseBatchesLoop, DeadLettersLoop, PurgeLoop],
    };
  }
}
