import { z } from 'zod';
import { databaseEnvironment, flag, intBetween, line, logEnvironment } from '#config';
import { databaseApps, roleOf } from './roles/app-grants.ts';
import type { AppRole, Roles } from './roles/grant-roles.ts';
import type { LoginRole } from './roles/roles.queries.ts';

export const configSchema = z.object({
  ...databaseEnvironment,
  ...logEnvironment,
  /** Adds the fictitious company for demos and first trials. */
  SEED_DEMO_ISSUER: flag().default(false),
  /** The password of each app's role. The roles are created if missing and granted what their apps need. */
  UPLOAD_API_DATABASE_PASSWORD: line('a password').optional(),
  BILLING_API_DATABASE_PASSWORD: line('a password').optional(),
  FILE_SPLITTER_DATABASE_PASSWORD: line('a password').optional(),
  CHUNK_VALIDATOR_DATABASE_PASSWORD: line('a password').optional(),
  BOLETO_GENERATOR_DATABASE_PASSWORD: line('a password').optional(),
  NOTIFIER_DATABASE_PASSWORD: line('a password').optional(),
  DISPATCHER_DATABASE_PASSWORD: line('a password').optional(),
  /** Connections of all processes of one app together. */
  DATABASE_ROLE_CONNECTIONS_MAX: intBetween(1, 10_000, 'connections').default(50),
  /** A database role for reports and for people, which only reads. No app connects as it. */
  DATABASE_READER_ROLE: line('the name of a role').optional(),
  DATABASE_READER_PASSWORD: line('a password').optional(),
});

export type Config = z.infer<typeof configSchema>;

/**
 * The configured roles.
 * @throws Error for passwords of some apps only, a reader without a password, or a password without a reader
 */
export function rolesOf(config: Config): Roles {
  return { apps: appRolesOf(config), reader: readerOf(config) };
}

type PasswordName = Extract<keyof Config, `${string}_DATABASE_PASSWORD`>;

function appRolesOf(config: Config): readonly AppRole[] {
  const roles = databaseApps.map((app) => {
    const variable = `${app.replaceAll('-', '_').toUpperCase()}_DATABASE_PASSWORD` as PasswordName;
    return { app, name: roleOf(app), variable, password: config[variable] };
  });
  const missing = roles.filter(({ password }) => password === undefined).map(({ variable }) => variable);
  if (missing.length === roles.length) return [];
  if (missing.length > 0) throw new Error(`the apps have a role each, or none: set ${missing.join(', ')}`);
  return roles.map(({ app, name, password = '' }) => ({ app, name, password }));
}

function readerOf(config: Config): LoginRole | undefined {
  const { DATABASE_READER_ROLE: name, DATABASE_READER_PASSWORD: password } = config;
  if (name === undefined && password === undefined) return undefined;
  if (name === undefined || password === undefined) {
    throw new Error('DATABASE_READER_ROLE and DATABASE_READER_PASSWORD belong together: set both, or neither');
  }
  return { name, password };
}
