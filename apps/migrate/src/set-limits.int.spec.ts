import { expect, test } from 'vitest';
import { createDataSource } from '#database';
import { insertOrganization, testDatabase, type TestDatabase } from '#testing';
import { changeLimits } from './set-limits.ts';

async function change({ url }: TestDatabase, ...args: readonly string[]): Promise<void> {
  const dataSource = createDataSource({ url, poolMax: 1, applicationName: 'migrate' });
  try {
    await changeLimits(dataSource, args);
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

test('limits of an organization are set, and given back to the default', async () => {
  const database = await testDatabase();
  const { slug } = await insertOrganization(database.dataSource, { limits: { rows: 5 } });
  const limits = async () => {
    const [row] = await database.dataSource.query<{ limits: object }[]>(
      'select limits from organizations where slug = $1',
      [slug],
    );
    return row?.limits;
  };

  await change(database, slug, 'uploads=60', 'releaseWeight=3');
  expect(await limits()).toEqual({ rows: 5, uploads: 60, releaseWeight: 3 });
  await change(database, slug, 'rows=none', 'uploads=61');
  expect(await limits()).toEqual({ uploads: 61, releaseWeight: 3 });
});

test.each([
  [['default'], 'takes a slug and changes'],
  [['default', 'wings=2'], 'there is no limit wings'],
  [['default', 'uploads=many'], 'expected a number, or none'],
  [['default', 'uploads=0'], 'uploads: '],
  [['default', 'releaseWeight=101'], 'releaseWeight: '],
  [['nobody', 'uploads=1'], 'there is no organization nobody'],
])('%j changes nothing', async (args, why) => {
  await expect(change(await testDatabase(), ...args)).rejects.toThrow(why);
});
