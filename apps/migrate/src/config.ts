import { z } from 'zod';
import { baseUrl, databaseEnvironment, flag, intBetween, line, logEnvironment } from '#config';
import { databaseApps, roleOf, type DatabaseApp } from './roles/app-grants.ts';
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
  /** Where links lead: the one of the first person begins with it. */
  PUBLIC_URL: baseUrl().optional(),
});

export type Config = z.infer<typeof configSchema>;

/**
 * The configured roles.
 * @throws Error for passwords of some apps only, a reader without a password, or a password without a reader
 */
export function rolesOf(config: Config): Roles {
  return { apps: appRolesOf(config), reader: readerOf(config) };
}

function appRolesOf(config: Config): readonly AppRole[] {
  const passwords: Readonly<Record<DatabaseApp, string | undefined>> = {
    'upload-api': config.UPLOAD_API_DATABASE_PASSWORD,
    'billing-api': config.BILLING_API_DATABASE_PASSWORD,
    'file-splitter': config.FILE_SPLITTER_DATABASE_PASSWORD,
    'chunk-validator': config.CHUNK_VALIDATOR_DATABASE_PASSWORD,
    'boleto-generator': config.BOLETO_GENERATOR_DATABASE_PASSWORD,
    notifier: config.NOTIFIER_DATABASE_PASSWORD,
    dispatcher: config.DISPATCHER_DATABASE_PASSWORD,
  };
  const missing = databaseApps.filter((app) => passwords[app] === undefined);
  if (missing.length === databaseApps.length) return [];
  if (missing.length > 0) throw new Error(`set the database password of each app, or of none: ${missing.join(', ')}`);
  return databaseApps.map((app) => ({ app, name: roleOf(app), password: passwords[app] ?? '' }));
}

function readerOf(config: Config): LoginRole | undefined {
  const { DATABASE_READER_ROLE: name, DATABASE_READER_PASSWORD: password } = config;
  if (name === undefined && password === undefined) return undefined;
  if (name === undefined || password === undefined) {
    throw new Error('DATABASE_READER_ROLE and DATABASE_READER_PASSWORD belong together: set both, or neither');
  }
  return { name, password };
}
