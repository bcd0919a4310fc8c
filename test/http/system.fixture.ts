import { PassThrough } from 'node:stream';
import { readConfig } from '#config';
import { carryKey } from '#testing';
import { startApp, type RunningApp } from '../../apps/billing-api/src/billing-api.fixture.ts';
import { configSchema } from '../../apps/gateway/src/config.ts';
import { startGateway } from '../../apps/gateway/src/gateway.ts';
import { runUploadApi } from '../../apps/upload-api/src/upload-api.fixture.ts';

export interface HttpSystem {
  /** The one public address. */
  readonly origin: string;
  /** The APIs themselves, by their names in the route table. */
  readonly apps: { readonly 'upload-api': string; readonly 'billing-api': string };
}

/**
 * Both APIs behind the gateway, in the process of the test. `roleUrls`: the database as the role of each. Stop it when
 * it is not needed any more.
 */
export async function startSystem(
  databaseUrl: string,
  { roleUrls }: { readonly roleUrls?: Readonly<Record<'upload-api' | 'billing-api', string>> } = {},
): Promise<HttpSystem & { stop(): Promise<void> }> {
  const limits = { CLIENT_MISSES_PER_MINUTE: 10_000 };
  const upload = await runUploadApi(
    {
      DATABASE_URL: roleUrls?.['upload-api'] ?? databaseUrl,
      CLIENT_MISSES_PER_MINUTE: limits.CLIENT_MISSES_PER_MINUTE.toString(),
      HTTP_HOSTS_ALLOWED: 'billing.test',
    },
    databaseUrl,
  );
  const billing: RunningApp = await startApp({
    databaseUrl: roleUrls?.['billing-api'] ?? databaseUrl,
    ownerUrl: databaseUrl,
    config: limits,
  });
  const apps = { 'upload-api': await upload.origin(), 'billing-api': billing.url };
  const config = readConfig(configSchema, {
    HTTP_PORT: '0',
    PUBLIC_URL: 'http://billing.test',
    UPLOAD_API_URL: apps['upload-api'],
    BILLING_API_URL: apps['billing-api'],
    SHUTDOWN_GRACE_MS: '5000',
  });
  const gateway = await startGateway(config, new PassThrough().resume());
  const origin = `http://127.0.0.1:${gateway.port.toString()}`;
  carryKey(origin, billing.key);
  return {
    origin,
    apps,
    stop: async () => {
      await gateway.stop();
      await Promise.all([upload.close(), billing.stop()]);
    },
  };
}
