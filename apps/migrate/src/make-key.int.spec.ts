import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_ORGANIZATION } from '#access';
import { createTestDatabase, type TestDatabase } from '#testing';
import { outputOf } from './command.fixture.ts';
import { printNewKey, printNewOrganization } from './make-key.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

const makeKey = (...args: readonly string[]) => outputOf(database, (dataSource) => printNewKey(dataSource, args));
const makeOrganization = (name: string, slug: string) =>
  outputOf(database, (dataSource) => printNewOrganization(dataSource, ['--name', name, '--slug', slug]));

async function lastEvent(): Promise<unknown> {
  const [event]: unknown[] = await database.dataSource.query(
    `select action, actor_kind as kind, actor_id as actor, organization_id as "of", target_id as target, details
     from audit_events order by id desc limit 1`,
  );
  return event;
}

test('a key is printed once, and is an event of its organization', async () => {
  expect(await makeKey('--name', 'ERP', '--scopes', 'batches:read', '--days', '30')).toMatch(/^sbk_live_\w{49}\n$/);

  const [key]: { id: string; expires_at: Date }[] = await database.dataSource.query(
    'select id, expires_at from api_keys',
  );
  expect(await lastEvent()).toEqual({
    action: 'key.created',
    kind: 'system',
    actor: null,
    of: DEFAULT_ORGANIZATION,
    target: key?.id,
    details: { scopes: ['batches:read'], expiresAt: key?.expires_at.toISOString() },
  });
});

test('an organization is an event of the installation, and a key may be for it', async () => {
  const id = (await makeOrganization('Acme Ltda', 'acme')).trim();
  expect(await lastEvent()).toEqual({
    action: 'organization.created',
    kind: 'system',
    actor: null,
    of: null,
    target: id,
    details: {},
  });

  await makeKey('--name', 'ERP', '--organization', 'acme');
  expect(await lastEvent()).toMatchObject({ action: 'key.created', of: id });
});

test('what is refused leaves no event', async () => {
  await makeOrganization('Taken', 'taken');
  const before = await lastEvent();

  await expect(makeOrganization('Taken too', 'taken')).rejects.toThrow('another organization has the slug taken');
  await expect(makeKey('--name', 'ERP', '--organization', 'none')).rejects.toThrow('there is no organization none');
  await expect(makeKey('--name', 'ERP', '--scopes', 'keys:manage')).rejects.toThrow('no key may have keys:manage');
  await expect(makeKey('--name', 'ERP', '--days', '401')).rejects.toThrow('api_keys_expire');
  expect(await lastEvent()).toEqual(before);
});
