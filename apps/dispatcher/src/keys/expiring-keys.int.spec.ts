import { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { expect, test } from 'vitest';
import { DEFAULT_ORGANIZATION, makeKey } from '#access';
import { insertOrganization, silentLogger, testDatabase, waitFor } from '#testing';
import { announceExpiringKeys } from './announce-keys.ts';
import { ExpiringKeysLoop } from './expiring-keys.loop.ts';
import { countExpiringKeys } from './expiring-keys.queries.ts';

const DAY_HOURS = 24;

/** A key that was made for so many hours and has so many left. */
async function keyWith(
  dataSource: DataSource,
  { madeFor, left, organizationId = DEFAULT_ORGANIZATION }: { madeFor: number; left: number; organizationId?: string },
): Promise<string> {
  const { id } = await makeKey(dataSource.manager, {
    organizationId,
    name: 'ERP',
    kind: 'live',
    scopes: ['batches:read'],
    issuerIds: null,
    cidrs: null,
    expiresInDays: 400,
    createdBy: null,
  });
  await dataSource.query(
    `update api_keys
        set created_at = now() - make_interval(hours => $2), expires_at = now() + make_interval(hours => $3)
      where id = $1`,
    [id, madeFor - left, left],
  );
  return id;
}

async function announced(dataSource: DataSource, id: string): Promise<readonly unknown[]> {
  const rows = await dataSource.query<{ days: unknown }[]>(
    `select details->'days' as days from audit_events where action = 'key.expiring' and target_id = $1 order by id`,
    [id],
  );
  return rows.map(({ days }) => days);
}

/** The lines of the gauge, for 30, 7 and 1 days. */
const gaugeOf = (...counts: readonly number[]): readonly string[] =>
  [30, 7, 1].map((days, at) => `billing_api_keys_expiring{days="${days.toString()}"} ${String(counts[at])}`);

test('a key is counted in each time before its end, unless it was made for less than that', async () => {
  const { dataSource } = await testDatabase();
  const year = 365 * DAY_HOURS;
  await keyWith(dataSource, { madeFor: year, left: 31 * DAY_HOURS });
  await keyWith(dataSource, { madeFor: year, left: 29 * DAY_HOURS });
  await keyWith(dataSource, { madeFor: year, left: 3 * DAY_HOURS });
  await keyWith(dataSource, { madeFor: year, left: 2 });
  await keyWith(dataSource, { madeFor: 10 * DAY_HOURS, left: 2 });
  await keyWith(dataSource, { madeFor: DAY_HOURS, left: 2 });

  expect(await countExpiringKeys(dataSource.manager)).toEqual(
    new Map([
      [30, 3],
      [7, 3],
      [1, 2],
    ]),
  );
});

test('no key is counted that ended, was rotated, or belongs to an organization that is closed', async () => {
  const { dataSource } = await testDatabase();
  const soon = { madeFor: 365 * DAY_HOURS, left: 2 };
  const { id: organizationId } = await insertOrganization(dataSource);
  const [revoked, rotated, successor] = [
    await keyWith(dataSource, soon),
    await keyWith(dataSource, soon),
    await keyWith(dataSource, { ...soon, left: 300 * DAY_HOURS }),
  ];
  await keyWith(dataSource, { ...soon, organizationId });
  await dataSource.query(`update api_keys set revoked_at = now(), revoked_by = 'test' where id = $1`, [revoked]);
  await dataSource.query('update api_keys set replaces = $1 where id = $2', [rotated, successor]);
  await dataSource.query(`update organizations set status = 'closed' where id = $1`, [organizationId]);

  expect([...(await countExpiringKeys(dataSource.manager)).values()]).toEqual([0, 0, 0]);
  expect(await announceExpiringKeys(dataSource)).toBe(0);
});

test('each time before the end of a key is put on record once, by however many dispatchers', async () => {
  const { dataSource } = await testDatabase();
  const year = 365 * DAY_HOURS;
  const id = await keyWith(dataSource, { madeFor: year, left: 30 * DAY_HOURS - 1 });
  const announce = () => Promise.all([1, 2, 3].map(() => announceExpiringKeys(dataSource)));

  expect((await announce()).toSorted((one, other) => one - other)).toEqual([0, 0, 1]);
  expect(await announce()).toEqual([0, 0, 0]);
  for (const [left, days] of [
    [7 * DAY_HOURS - 1, [30, 7]],
    [DAY_HOURS - 1, [30, 7, 1]],
  ] as const) {
    await dataSource.query(`update api_keys set expires_at = now() + make_interval(hours => $2) where id = $1`, [
      id,
      left,
    ]);
    await announce();
    await announce();
    expect(await announced(dataSource, id)).toEqual(days);
  }
  const [event] = await dataSource.query<object[]>(
    `select actor_kind, organization_id, target_kind, details ? 'expiresAt' as "saysWhen" from audit_events limit 1`,
  );
  expect(event).toEqual({
    actor_kind: 'system',
    organization_id: DEFAULT_ORGANIZATION,
    target_kind: 'key',
    saysWhen: true,
  });
});

test('the loop tells the gauge, without a label for an organization', async () => {
  const { dataSource } = await testDatabase();
  const id = await keyWith(dataSource, { madeFor: 365 * DAY_HOURS, left: 7 * DAY_HOURS - 1 });
  const registry = new Registry();
  const loop = new ExpiringKeysLoop(dataSource, silentLogger(), registry);
  const gauge = async () =>
    (await registry.metrics()).split('\n').filter((line) => line.startsWith('billing_api_keys'));

  expect(await gauge()).toEqual(gaugeOf(0, 0, 0));
  loop.start();
  await waitFor(async () => (await announced(dataSource, id)).length > 0, { describe: 'the announcement' });
  await loop.stop();
  expect(await gauge()).toEqual(gaugeOf(1, 1, 0));
});
