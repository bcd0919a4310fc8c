import { Module, type DynamicModule } from '@nestjs/common';
import { CloseBatchesLoop } from './close/close-batches.loop.ts';
import type { Config } from './config.ts';
import { DeadLettersLoop } from './dead-letters/dead-letters.loop.ts';
import { PurgeLoop, RETENTION } from './retention/purge.loop.ts';
import type { Retention } from './retention/purge.ts';
import { RELAY_CONFIG } from './relay/relay-config.ts';
import { RelayLoop } from './relay/relay.loop.ts';
import { CHUNKS_IN_FLIGHT, ReleaseChunksLoop } from './release/release-chunks.loop.ts';
import { WakeUps } from './relay/wake-ups.ts';
import { WATCHDOG_GRACE_SECONDS, WatchdogLoop } from './watchdog/watchdog.loop.ts';

@Module({})
export class DispatcherModule {
  static with(
    config: Pick<Config, 'RELAY_BATCH_MAX' | 'RELAY_POLL_MS' | 'CHUNKS_IN_FLIGHT' | 'WATCHDOG_GRACE_SECONDS'> &
      Retention,
  ): DynamicModule {
    return {
      module: DispatcherModule,
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
