import { readConfig } from '#config';
import { letHeapGrow, stopOnSignal } from '#process';
import { configSchema } from './config.ts';
import { startGateway } from './gateway.ts';

letHeapGrow();
const config = readConfig(configSchema, process.env);
const gateway = await startGateway(config);
stopOnSignal({ logger: gateway.logger, graceMs: config.SHUTDOWN_GRACE_MS, stop: () => gateway.stop() });
