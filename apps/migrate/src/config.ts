import { z } from 'zod';
import { baseUrl, databaseEnvironment, flag, line, logEnvironment } from '#config';
import type { AppRole } from './roles.queries.ts';

export const configSchema = z.object({
  ...databaseEnvironment,
  ...logEnvironment,
  /** Adds the fictitious company for demos and first trials. */
  SEED_DEMO_ISSUER: flag().default(false),
  /** The database role of the workers and the two APIs. It is created if missing and granted its privileges. */
  DATABASE_APP_ROLE: line('the name of a role').optional(),
  DATABASE_APP_PASSWORD: line('a password').optional(),
  /** A database role for reports and for people, which only reads. No app connects as it. */
  DATABASE_READER_ROLE: line('the name of a role').optional(),
  DATABASE_READER_PASSWORD: line('a password').optional(),
  /** Where links lead: the one of the first person begins with it. */
  PUBLIC_URL: baseUrl().optional(),
});

export type Config = z.infer<typeof configSchema>;

/**
 * The configured roles.
 * @throws Error for a role without a password, or a password without a role
 */
export function rolesOf(config: Config): { readonly app: AppRole | undefined; readonly reader: AppRole | undefined } {
  return {
    app: roleOf('DATABASE_APP', config.DATABASE_APP_ROLE, config.DATABASE_APP_PASSWORD),
    reader: roleOf('DATABASE_READER', config.DATABASE_READER_ROLE, config.DATABASE_READER_PASSWORD),
  };
}

function roleOf(prefix: string, name: string | undefined, password: string | undefined): AppRole | undefined {
  if (name === undefined && password === undefined) return undefined;
  if (name === undefined || password === undefined) {
    throw new Error(`${prefix}_ROLE and ${prefix}_PASSWORD belong together: set both, or neither`);
  }
  return { name, password };
}
