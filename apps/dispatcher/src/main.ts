import 'reflect-metadata';
import { readConfig } from '#config';
import { runWorker } from '#worker';
import { SealAuditLoop } from './audit/seal-audit.loop.ts';
import { CloseBatchesLoop } from './close/close-batches.loop.ts';
import { configSchema } from './config.ts';
import { DeadLettersLoop } from './dead-letters/dead-letters.loop.ts';
import { DispatcherModule } from './dispatcher.module.ts';
import { ExpiringKeysLoop } from './keys/expiring-keys.loop.ts';
import { RelayLoop } from './relay/relay.loop.ts';
import { WakeUps } from './relay/wake-ups.ts';
import { ReleaseChunksLoop } from './release/release-chunks.loop.ts';
import { PurgeLoop } from './retention/purge.loop.ts';
import { WatchdogLoop } from './watchdog/watchdog.loop.ts';

const config = readConfig(configSchema, process.env);
await runWorker({
  name: 'dispatcher',
  config,
  module: DispatcherModule.with(config),
  declaresTopology: true,
  handlers: [],
  loops: [
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
});
