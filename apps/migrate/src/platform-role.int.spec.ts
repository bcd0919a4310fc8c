import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { hashToken } from '#sessions';
import { DEFAULT_ORGANIZATION_ID, insertOrganization, testDatabase, type TestDatabase } from '#testing';
import { outputOf } from './command.fixture.ts';
import { changePlatformRole } from './platform-role.ts';

const PLATFORM_ID = '00000000-0000-4000-8000-000000000002';
const EMAIL = 'ana@example.com';

const platform = (database: TestDatabase, ...args: readonly string[]) =>
  outputOf(database, (dataSource) => changePlatformRole(dataSource, args, 'http://billing.test'));

/** A person with these roles: the organization's id, and the role there. */
async function insertPerson({ dataSource }: TestDatabase, roles: Readonly<Record<string, string>>, email = EMAIL) {
  const userId: string = randomUUID();
  await dataSource.query(`insert into users (id, email, name) values ($1, $2, 'Ana Prado')`, [userId, email]);
  for (const [organizationId, role] of Object.entries(roles)) {
    await dataSource.query('insert into memberships (user_id, organization_id, role) values ($1, $2, $3)', [
      userId,
      organizationId,
      role,
    ]);
  }
  return userId;
}

async function membershipsOf({ dataSource }: TestDatabase, userId: string): Promise<unknown> {
  return await dataSource.query(
    `select o.slug, m.role, m.status from memberships m join organizations o on o.id = m.organization_id
     where m.user_id = $1 order by o.slug`,
    [userId],
  );
}

async function eventsOf({ dataSource }: TestDatabase): Promise<unknown> {
  return await dataSource.query(
    `select action, actor_kind as kind, organization_id as "of", target_id as target, details
     from audit_events order by id`,
  );
}

test('a person becomes an operator, leaves its other organizations, and is signed out', async () => {
  const database = await testDatabase();
  const { id: other } = await insertOrganization(database.dataSource, { slug: 'other' });
  const userId = await insertPerson(database, { [DEFAULT_ORGANIZATION_ID]: 'viewer', [other]: 'biller' });
  await database.dataSource.query(
    `insert into sessions (id_hash, id, user_id, organization_id, idle_until, ends_at, auth_time, amr)
     values (sha256('1'), gen_random_uuid(), $1, $2, now() + interval '1 hour', now() + interval '1 hour', now(), '{pwd}')`,
    [userId, other],
  );

  const printed = await platform(database, 'Ana@Example.com');

  expect(printed).toMatch(
    /^ana@example\.com has the role of the platform, and is no member any more of default, other\nA new password, within half an hour and once: http:\/\/billing\.test\/password-reset#[\w-]{43}\n$/,
  );
  expect(await membershipsOf(database, userId)).toEqual([
    { slug: 'default', role: 'viewer', status: 'ended' },
    { slug: 'other', role: 'biller', status: 'ended' },
    { slug: 'platform', role: 'platform', status: 'active' },
  ]);
  expect(await database.dataSource.query('select from sessions')).toEqual([]);
  const target = { kind: 'system', of: null, target: PLATFORM_ID };
  const granted = {
    ...target,
    action: 'platform.granted',
    details: { userId, left: [DEFAULT_ORGANIZATION_ID, other].toSorted() },
  };
  expect(await eventsOf(database)).toEqual([granted]);

  expect(await platform(database, EMAIL)).toBe(`${EMAIL} has the role of the platform\n`);
  expect(await eventsOf(database), 'a repetition changes nothing').toEqual([granted]);

  await platform(database, EMAIL, '--end');
  expect(await membershipsOf(database, userId)).toContainEqual({ slug: 'platform', role: 'platform', status: 'ended' });
  expect(await eventsOf(database)).toEqual([granted, { ...target, action: 'platform.ended', details: { userId } }]);
  await expect(platform(database, EMAIL, '--end')).rejects.toThrow('does not have the role of the platform');
  await platform(database, EMAIL);
  expect(await membershipsOf(database, userId)).toContainEqual({
    slug: 'platform',
    role: 'platform',
    status: 'active',
  });
});

test('nothing that proved the person before proves the operator: another person may have set it', async () => {
  const database = await testDatabase();
  const { dataSource } = database;
  const userId = await insertPerson(database, { [DEFAULT_ORGANIZATION_ID]: 'viewer' });
  await dataSource.query(`update users set password_hash = '$scrypt$x', totp_seed = 'x', totp_confirmed_at = now()`);
  await dataSource.query(`insert into recovery_codes (user_id, code_hash) values ($1, sha256('1'))`, [userId]);
  await dataSource.query(
    `insert into passkeys (id, user_id, credential_id, public_key, counter, transports, name)
     values (gen_random_uuid(), $1, '1', '1', 0, '{}', 'phone')`,
    [userId],
  );
  await dataSource.query(
    `insert into account_links (token_hash, purpose, user_id, expires_at)
     values (sha256('2'), 'password-reset', $1, now() + interval '1 hour')`,
    [userId],
  );
  await dataSource.query(
    `insert into login_transactions (id_hash, purpose, user_id, amr, secret, expires_at)
     values (sha256('3'), 'second-factor', $1, '{pwd}', '{}', now() + interval '1 hour')`,
    [userId],
  );

  const printed = await platform(database, EMAIL);

  const [, token = ''] = /#([\w-]{43})\n$/.exec(printed) ?? [];
  expect(
    await dataSource.query(`
      select password_hash, totp_seed, totp_confirmed_at,
             (select count(*)::int from recovery_codes) + (select count(*)::int from passkeys)
               + (select count(*)::int from login_transactions) as others
        from users`),
  ).toEqual([{ password_hash: null, totp_seed: null, totp_confirmed_at: null, others: 0 }]);
  expect(await dataSource.query('select token_hash from account_links')).toEqual([{ token_hash: hashToken(token) }]);
});

test('the last admin of an organization stays, and leaves none of the others', async () => {
  const database = await testDatabase();
  const { id: other } = await insertOrganization(database.dataSource, { slug: 'other' });
  const userId = await insertPerson(database, { [DEFAULT_ORGANIZATION_ID]: 'viewer', [other]: 'admin' });

  await expect(platform(database, EMAIL)).rejects.toThrow(
    `${EMAIL} is the last admin of other: make another person an admin first`,
  );
  expect(await membershipsOf(database, userId)).toEqual([
    { slug: 'default', role: 'viewer', status: 'active' },
    { slug: 'other', role: 'admin', status: 'active' },
  ]);
  expect(await eventsOf(database)).toEqual([]);

  await insertPerson(database, { [other]: 'admin' }, 'bia@example.com');
  expect(await platform(database, EMAIL)).toContain('has the role of the platform');
});

test.each([
  [[], 'platform takes one e-mail address'],
  [[EMAIL, 'bia@example.com'], 'platform takes one e-mail address'],
  [[EMAIL, '--force'], "Unknown option '--force'"],
  [[EMAIL], `no person has the address ${EMAIL}`],
  [[EMAIL, '--end'], `no person has the address ${EMAIL}`],
])('%j is refused', async (args, why) => {
  const database = await testDatabase();
  await expect(platform(database, ...args)).rejects.toThrow(why);
});

test('without an organization of the operators no role is given', async () => {
  const database = await testDatabase();
  await insertPerson(database, { [DEFAULT_ORGANIZATION_ID]: 'viewer' });
  const { id } = await insertOrganization(database.dataSource, { slug: 'platform' });
  await expect(platform(database, EMAIL)).rejects.toThrow('another organization has the slug platform');

  await database.dataSource.query(`update organizations set slug = 'company' where id = $1`, [id]);
  await platform(database, EMAIL);
  await database.dataSource.query(`update organizations set status = 'suspended' where slug = 'platform'`);
  await expect(platform(database, EMAIL)).rejects.toThrow('the organization platform is not active');
});
