import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '#testing';
import { databaseApps, httpApps, type DatabaseApp } from '../../apps/migrate/src/roles/app-grants.ts';
import { grantRoles } from '../../apps/migrate/src/roles/grant-roles.ts';

export interface DatabaseWithRoles {
  readonly database: TestDatabase;
  readonly roleOf: (app: DatabaseApp) => string;
  /** The URL of the database as the role of an app. */
  readonly urlOf: (app: DatabaseApp) => string;
  /** Drops the roles and the database. */
  drop(): Promise<void>;
}

/** A migrated database in which each app has a role, and the HTTP apps their row policies, as `migrate` makes them. */
export async function databaseWithRoles(): Promise<DatabaseWithRoles> {
  const database = await createTestDatabase();
  const run = randomUUID().slice(0, 8);
  const password = randomUUID();
  const roleOf = (app: DatabaseApp): string => `tenancy_${run}_${app.replaceAll('-', '_')}`;
  const apps = databaseApps.map((app) => ({ app, name: roleOf(app), password }));
  await grantRoles(database.dataSource, { apps, reader: undefined }, -1);
  return {
    database,
    roleOf,
    urlOf: (app) => Object.assign(new URL(database.url), { username: roleOf(app), password }).href,
    drop: async () => {
      for (const { name } of apps) await database.dataSource.query(`drop owned by ${name}; drop role ${name}`);
      await database.drop();
    },
  };
}

export const httpRolesOf = ({ roleOf }: DatabaseWithRoles): readonly string[] =>
  databaseApps.filter((app) => httpApps.has(app)).map(roleOf);
