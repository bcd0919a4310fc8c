import { randomUUID } from 'node:crypto';
import type { TestProject } from 'vitest/node';
// Imported by path, because vitest resolves global set-up files without the condition that maps `#database` to its
// sources.
import { createDataSource, runMigrations } from '../../database/src/index.ts';
import { createDatabase, databaseUrl, dropDatabase } from './admin.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    services: {
      readonly databaseUrl: string;
      readonly rabbitmqUrl: string;
      readonly rabbitmqManagementUrl: string;
      /** A migrated database that tests clone. No connection to it may be open. */
      readonly templateDatabase: string;
    };
  }
}

const VARIABLES = ['DATABASE_URL', 'RABBITMQ_URL', 'RABBITMQ_MANAGEMENT_URL'] as const;

function readEnvironment(): Record<(typeof VARIABLES)[number], string> {
  const missing = VARIABLES.filter((name) => readVariable(name) === '');
  if (missing.length > 0) {
    throw new Error(
      `these tests need a PostgreSQL and a RabbitMQ: run \`npm test\`, which provides them, or set ${missing.join(', ')}`,
    );
  }
  return {
    DATABASE_URL: readVariable('DATABASE_URL'),
    RABBITMQ_URL: readVariable('RABBITMQ_URL'),
    RABBITMQ_MANAGEMENT_URL: readVariable('RABBITMQ_MANAGEMENT_URL'),
  };
}

function readVariable(name: string): string {
  return process.env[name] ?? '';
}

/** Creates a migrated template database once per run, before all test files. Drops it when the run ends. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const environment = readEnvironment();
  const templateDatabase = `template_${randomUUID().replaceAll('-', '')}`;
  await createDatabase(environment.DATABASE_URL, templateDatabase);

  const dataSource = createDataSource({
    url: databaseUrl(environment.DATABASE_URL, templateDatabase),
    poolMax: 2,
    applicationName: 'test-setup',
  });
  await dataSource.initialize();
  await runMigrations(dataSource);
  // Tests ask faster than a client may. A test of limits has an organization of its own, or sets these.
  await dataSource.query(
    `update organizations set limits = '{"requests": 1000000, "uploads": 1000000, "exports": 1000000, "issuers": 1000000}'`,
  );
  await dataSource.destroy(); // a database with open connections cannot be cloned

  project.provide('services', {
    databaseUrl: environment.DATABASE_URL,
    rabbitmqUrl: environment.RABBITMQ_URL,
    rabbitmqManagementUrl: environment.RABBITMQ_MANAGEMENT_URL,
    templateDatabase,
  });
  return () => dropDatabase(environment.DATABASE_URL, templateDatabase);
}
