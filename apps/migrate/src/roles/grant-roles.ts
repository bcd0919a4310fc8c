import type { DataSource } from 'typeorm';
import { withTransaction } from '#database';
import type { Roles } from '../config.ts';
import { appGrants } from './app-grants.ts';
import {
  createRole,
  grantExactly,
  grantToReaders,
  limitConnections,
  limitSessions,
  lockGrants,
} from './roles.queries.ts';

/**
 * Creates the roles that are missing and gives each its grants, in one transaction: a running app loses no grant that
 * it is given again. Safe to repeat.
 */
export async function grantRoles(
  dataSource: DataSource,
  { apps, reader }: Roles,
  connectionsMax: number,
): Promise<void> {
  for (const role of apps) await createRole(dataSource, role);
  if (reader !== undefined) await createRole(dataSource, reader);
  await withTransaction(dataSource, async (tx) => {
    await lockGrants(tx);
    for (const { app, name } of apps) {
      await grantExactly(tx, name, appGrants[app]);
      await limitSessions(tx, name);
      await limitConnections(tx, name, connectionsMax);
    }
    if (reader !== undefined) await grantToReaders(tx, reader.name);
  });
}
