import type { DataSource } from 'typeorm';
import { runMigrations, waitForDatabase, withTransaction } from '#database';
import type { Logger } from '#observability';
import { findCollidedAccounts } from './collided-accounts.queries.ts';
import { findCollidedDebtIds } from './collided-debt-ids.queries.ts';
import { insertDemoIssuer } from './demo-issuer.queries.ts';
import { grantRoles, type Roles } from './roles/grant-roles.ts';

export interface MigrateOptions {
  readonly dataSource: DataSource;
  readonly logger: Logger;
  /** Ends the wait for a database that does not appear. */
  readonly signal: AbortSignal;
  readonly seedDemoIssuer: boolean;
  readonly roles?: Roles;
  /** Connections of all processes of one app together. */
  readonly roleConnectionsMax?: number;
}

/**
 * Waits for the database, updates its schema, adds the demo issuer, and logs the result in one line. Safe to repeat.
 */
export async function migrate({
  dataSource,
  logger,
  signal,
  seedDemoIssuer,
  roles = { apps: [], reader: undefined },
  roleConnectionsMax = -1,
}: MigrateOptions): Promise<void> {
  await waitForDatabase(dataSource, { logger, signal, schema: 'any' });
  const migrations = await runMigrations(dataSource);
  await grantRoles(dataSource, roles, roleConnectionsMax);
  if (migrations.includes('numbers-of-the-account-0000000000012')) {
    const accounts = await findCollidedAccounts(dataSource.manager);
    if (accounts.length > 0)
      logger.warn('accounts have nossos números on two boletos', { event: 'nosso-numero.collided', accounts });
  }
  if (migrations.includes('one-form-of-debt-ids-0000000000017')) {
    const debts = await findCollidedDebtIds(dataSource.manager);
    if (debts.length > 0) logger.warn('debts have ids that look alike', { event: 'debt-id.collided', debts });
  }
  const added = seedDemoIssuer && (await withTransaction(dataSource, insertDemoIssuer));
  logger.info('database migrated', { event: 'database.migrated', migrations, demoIssuerAdded: added });
}
