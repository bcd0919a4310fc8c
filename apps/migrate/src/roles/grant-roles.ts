import type { DataSource } from 'typeorm';
import { withTransaction } from '#database';
import { appGrants, httpApps, type DatabaseApp } from './app-grants.ts';
import { limitRows } from './policies.queries.ts';
import {
  createRole,
  grantExactly,
  grantToReaders,
  limitConnections,
  limitSessions,
  lockGrants,
  type LoginRole,
} from './roles.queries.ts';

/** The role of an app, with the app. */
export interface AppRole extends LoginRole {
  readonly app: DatabaseApp;
}

/** The roles that log in. */
export interface Roles {
  /** The roles of all apps, or none: then the apps connect as the role of the migration. */
  readonly apps: readonly AppRole[];
  readonly reader: LoginRole | undefined;
}

/**
 * Creates the roles that are missing, gives each its grants, and limits the rows that the HTTP apps see, in one
 * transaction: a running app loses no grant that it is given again. Safe to repeat.
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
    const http = apps.filter(({ app }) => httpApps.has(app));
    if (http.length > 0)
      await limitRows(
        tx,
        http.map(({ name }) => name),
      );
    if (reader !== undefined) await grantToReaders(tx, reader.name);
  });
}
