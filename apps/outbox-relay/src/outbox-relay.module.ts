import { Module, type DynamicModule } from '@nestjs/common';
import { CloseBatchesLoop } from './close-batches.loop.ts';
import type { Config } from './config.ts';
import { DeadLettersLoop } from './dead-letters.loop.ts';
import { PurgeLoop, RETENTION } from './purge.loop.ts';
import type { Retention } from './purge.ts';
import { RELAY_CONFIG } from './relay-config.ts';
import { RelayLoop } from './relay.loop.ts';
import { CHUNKS_IN_FLIGHT, ReleaseChunksLoop } from './release-chunks.loop.ts';
import { WakeUps } from './wake-ups.ts';
import { WATCHDOG_GRACE_SECONDS, WatchdogLoop } from './watchdog/watchdog.loop.ts';

@Module({})
export class OutboxRelayModule {
  static with(
    config: Pick<Config, 'RELAY_BATCH_MAX' | 'RELAY_POLL_MS' | 'CHUNKS_IN_FLIGHT' | 'WATCHDOG_GRACE_SECONDS'> &
      Retention,
  ): DynamicModule {
    return {
      module: OutboxRelayModule,
      providers: [
        RelayLoop,
        ReleaseChunksLoop,
        CloseBatchesLoop,
        DeadLettersLoop,
        PurgeLoop,
        WatchdogLoop,
        WakeUps,
        { provide: RELAY_CONFIG, useValue: config },
        { provide: CHUNKS_IN_FLIGHT, useValue: config.CHUNKS_IN_FLIGHT },
        { provide: WATCHDOG_GRACE_SECONDS, useValue: config.WATCHDOG_GRACE_SECONDS },
        { provide: RETENTION, useValue: config },
      ],
      exports: [RelayLoop, ReleaseChunksLoop, CloseBatchesLoop, DeadLettersLoop, PurgeLoop, WatchdogLoop, WakeUps],
    };
  }
}
