import { expect, test } from 'vitest';
import { insertOrganization, testDatabase, type TestDatabase } from '#testing';
import { outputOf } from './command.fixture.ts';
import { changeLimits } from './set-limits.ts';

const change = (database: TestDatabase, ...args: readonly string[]) =>
  outputOf(database, (dataSource) => changeLimits(dataSource, args));

test('limits of an organization are set, and given back to the default', async () => {
  const database = await testDatabase();
  const { id, slug } = await insertOrganization(database.dataSource, { limits: { rows: 5 } });
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

  expect(await change(database, slug, 'uploads=61')).toBe('{"uploads":61,"releaseWeight":3}\n');
  const events: unknown = await database.dataSource.query(
    `select action, actor_kind as kind, organization_id as "of", target_id as target, details
     from audit_events order by id`,
  );
  const event = { action: 'organization.changed', kind: 'system', of: null, target: id };
  expect(events).toEqual([
    {
      ...event,
      details: { fields: ['limits.releaseWeight', 'limits.uploads'], limits: { uploads: 60, releaseWeight: 3 } },
    },
    { ...event, details: { fields: ['limits.uploads', 'limits.rows'], limits: { uploads: 61 } } },
  ]);
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
