import 'reflect-metadata';
import { readConfig } from '#config';
import { runWorker } from '#service';
import { CloseBatchesLoop } from './close-batches.loop.ts';
import { configSchema } from './config.ts';
import { DeadLettersLoop } from './dead-letters.loop.ts';
import { OutboxRelayModule } from './outbox-relay.module.ts';
import { PurgeLoop } from './purge.loop.ts';
import { RelayLoop } from './relay.loop.ts';
import { ReleaseChunksLoop } from './release-chunks.loop.ts';
import { WakeUps } from './wake-ups.ts';
import { WatchdogLoop } from './watchdog/watchdog.loop.ts';

const config = readConfig(configSchema, process.env);
await runWorker({
  name: 'outbox-relay',
  config,
  module: OutboxRelayModule.with(config),
  handlers: [],
  loops: [RelayLoop, ReleaseChunksLoop, CloseBatchesLoop, DeadLettersLoop, PurgeLoop, WatchdogLoop, WakeUps],
});
