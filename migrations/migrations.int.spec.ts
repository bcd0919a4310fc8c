import { expect, test } from 'vitest';
import { runMigrations, SchemaNewerError } from '#database';
import { dumpSchema, testDatabase, testEmptyDatabase } from '#testing';
import { NeighboursReplayedTogether } from './0016-neighbours-replayed-together.ts';
import { migrations } from './index.ts';

test('the schema is that of schema.sql (update: vitest run --project integration migrations -u)', async () => {
  const { dataSource } = await testDatabase();
  await expect(await dumpSchema(dataSource)).toMatchFileSnapshot('schema.sql');
});

test('every migration can be undone and done again', async () => {
  const { dataSource } = await testEmptyDatabase();
  const tables = (): Promise<unknown> =>
    dataSource.query(`select tablename from pg_tables where schemaname = 'public' order by tablename`);

  expect(await runMigrations(dataSource)).toHaveLength(migrations.length);
  const migrated = await tables();
  for (const _ of migrations) await dataSource.undoLastMigration({ transaction: 'each' });
  expect(await tables()).toEqual([{ tablename: 'schema_migrations' }]);
  await runMigrations(dataSource);
  expect(await tables()).toEqual(migrated);
  expect(await runMigrations(dataSource)).toEqual([]);
});

test('migration 16 can be undone when letters share the message of their replay', async () => {
  const { dataSource } = await testDatabase();
  await dataSource.query(
    `insert into dead_letters (queue, message_id, body, headers, reason, fingerprint, status, settled_at, replayed_as)
     select 'notifier.chunks', gen_random_uuid(), '{}', '{}', 'x', '0123456789abcdef', 'replayed', now(), message_id
     from unnest(array['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000001']::uuid[]) as message_id`,
  );
  for (const _ of migrations.slice(migrations.indexOf(NeighboursReplayedTogether))) {
    await dataSource.undoLastMigration({ transaction: 'each' });
  }
  expect(await dataSource.query('select replayed_as from dead_letters order by id')).toEqual([
    { replayed_as: '00000000-0000-4000-8000-000000000001' },
    { replayed_as: null },
  ]);
});

test('when migrators start together, one works and the others find nothing to do', async () => {
  const { dataSource } = await testEmptyDatabase();
  const ran = await Promise.all([1, 2, 3].map(() => runMigrations(dataSource)));
  expect(ran.flat()).toHaveLength(migrations.length);
});

test('a build refuses a database that is ahead of it', async () => {
  const { dataSource } = await testDatabase();
  await dataSource.query(
    `insert into schema_migrations (timestamp, name) values (9999, 'from-the-future-0000000009999')`,
  );
  await expect(runMigrations(dataSource)).rejects.toThrow(SchemaNewerError);
});
