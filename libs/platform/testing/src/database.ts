import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { inject, onTestFinished } from 'vitest';
import { createDataSource } from '#database';
import { createDatabase, databaseUrl, dropDatabase } from './admin.ts';

export interface TestDatabase {
  /** Already connected. */
  readonly dataSource: DataSource;
  /** The URL, for another DataSource or another process. */
  readonly url: string;
  /** Disconnects and drops the database. */
  drop(): Promise<void>;
}

const POOL_MAX = 10;

/** A migrated database for a whole test file (beforeAll/afterAll). The caller must call `drop` at the end. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return create(inject('services').templateDatabase);
}

/** A migrated database for this test, dropped when the test ends. */
export async function testDatabase(): Promise<TestDatabase> {
  return forThisTest(await createTestDatabase());
}

/** A database without tables for this test, for tests of the migrations themselves. */
export async function testEmptyDatabase(): Promise<TestDatabase> {
  return forThisTest(await create('template0'));
}

function forThisTest(database: TestDatabase): TestDatabase {
  onTestFinished(() => database.drop());
  return database;
}

async function create(template: string): Promise<TestDatabase> {
  const server = inject('services').databaseUrl;
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await createDatabase(server, name, template);

  const url = databaseUrl(server, name);
  const dataSource = createDataSource({ url, poolMax: POOL_MAX, applicationName: 'test' });
  await dataSource.initialize();
  return {
    dataSource,
    url,
    drop: async () => {
      if (dataSource.isInitialized) await dataSource.destroy();
      await dropDatabase(server, name);
    },
  };
}
