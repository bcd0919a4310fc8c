import 'reflect-metadata';
import { readConfig } from '#config';
import { createDataSource } from '#database';
import { createLogger } from '#observability';
import { VERSION } from '#process';
import { configSchema, rolesOf } from './config.ts';
import { printNewKey, printNewOrganization } from './make-key.ts';
import { migrate } from './migrate.ts';
import { changePlatformRole } from './platform-role.ts';
import { changeLimits } from './set-limits.ts';
import { printSetupLink } from './setup-link.ts';

const config = readConfig(configSchema, process.env);
const logger = createLogger({ service: 'migrate', version: VERSION, level: config.LOG_LEVEL });
const dataSource = createDataSource({ url: config.DATABASE_URL, poolMax: 2, applicationName: 'migrate' });

const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    stopping.abort(new Error(`stopped by ${signal}`));
  });
}

interface Command {
  readonly run: (args: readonly string[]) => Promise<void>;
  /** The line of the log when it fails. */
  readonly failed: { readonly message: string; readonly event: string };
}

/** Commands that are named; without a name the schema is migrated. */
const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  [
    'key',
    {
      run: (args) => printNewKey(dataSource, args),
      failed: { message: 'no key was made', event: 'key.not_made' },
    },
  ],
  [
    'limits',
    {
      run: (args) => changeLimits(dataSource, args),
      failed: { message: 'no limit was changed', event: 'limits.not_changed' },
    },
  ],
  [
    'setup-link',
    {
      run: () => printSetupLink(dataSource, config.PUBLIC_URL),
      failed: { message: 'no link was made', event: 'setup-link.not_made' },
    },
  ],
  [
    'organization',
    {
      run: (args) => printNewOrganization(dataSource, args),
      failed: { message: 'no organization was made', event: 'organization.not_made' },
    },
  ],
  [
    'platform',
    {
      run: (args) => changePlatformRole(dataSource, args, config.PUBLIC_URL),
      failed: { message: 'no role was changed', event: 'platform.not_changed' },
    },
  ],
]);

const migration: Command = {
  run: () =>
    migrate({
      dataSource,
      logger,
      signal: stopping.signal,
      seedDemoIssuer: config.SEED_DEMO_ISSUER,
      roles: rolesOf(config),
      roleConnectionsMax: config.DATABASE_ROLE_CONNECTIONS_MAX,
    }),
  failed: { message: 'migration failed', event: 'database.migration_failed' },
};

const [name = '', ...args] = process.argv.slice(2);
const { run, failed } = commands.get(name) ?? migration;
try {
  await run(args);
} catch (error) {
  logger.error(failed.message, { event: failed.event, error });
  process.exitCode = 1;
} finally {
  if (dataSource.isInitialized) await dataSource.destroy();
}
