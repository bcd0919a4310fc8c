import { Module, type DynamicModule } from '@nestjs/common';
import { SealAuditLoop } from './audit/seal-audit.loop.ts';
import { CloseBatchesLoop } from './close/close-batches.loop.ts';
import { CONFIG, type Config } from './config.ts';
import { DeadLettersLoop } from './dead-letters/dead-letters.loop.ts';
import { ExpiringKeysLoop } from './keys/expiring-keys.loop.ts';
import { RelayLoop } from './relay/relay.loop.ts';
import { WakeUps } from './relay/wake-ups.ts';
import { ReleaseChunksLoop } from './release/release-chunks.loop.ts';
import { PurgeLoop } from './retention/purge.loop.ts';
import type { Retention } from './retention/purge.ts';
import { WatchdogLoop } from './watchdog/watchdog.loop.ts';

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
        SealAuditLoop,
        ExpiringKeysLoop,
        WakeUps,
        { provide: CONFIG, useValue: config },
      ],
      exports: [
        RelayLoop,
        ReleaseChunksLoop,
        CloseBatchesLoop,
        DeadLettersLoop,
        PurgeLoop,
        WatchdogLoop,
        SealAuditLoop,
        ExpiringKeysLoop,
        WakeUps,
      ],
    };
  }
}
