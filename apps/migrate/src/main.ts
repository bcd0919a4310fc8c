import 'reflect-metadata';
import { readConfig } from '#config';
import { createDataSource } from '#database';
import { createLogger } from '#observability';
import { VERSION } from '#process';
import { configSchema, rolesOf } from './config.ts';
import { printNewKey, printNewOrganization } from './make-key.ts';
import { migrate } from './migrate.ts';
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

const [command, ...args] = process.argv.slice(2);
try {
  if (command === 'key') await printNewKey(dataSource, args);
  else if (command === 'limits') await changeLimits(dataSource, args);
  else if (command === 'setup-link') await printSetupLink(dataSource, config.PUBLIC_URL);
  else if (command === 'organization') await printNewOrganization(dataSource, args);
  else
    await migrate({
      dataSource,
      logger,
      signal: stopping.signal,
      seedDemoIssuer: config.SEED_DEMO_ISSUER,
      roles: rolesOf(config),
      roleConnectionsMax: config.DATABASE_ROLE_CONNECTIONS_MAX,
    });
} catch (error) {
  if (command === 'key') logger.error('no key was made', { event: 'key.not_made', error });
  else if (command === 'limits') logger.error('no limit was changed', { event: 'limits.not_changed', error });
  else if (command === 'setup-link') logger.error('no link was made', { event: 'setup-link.not_made', error });
  else if (command === 'organization')
    logger.error('no organization was made', { event: 'organization.not_made', error });
  else logger.error('migration failed', { event: 'database.migration_failed', error });
  process.exitCode = 1;
} finally {
  if (dataSource.isInitialized) await dataSource.destroy();
}
