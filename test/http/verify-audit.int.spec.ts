import { afterEach, beforeEach, expect, test } from 'vitest';
import { sealEvents } from '#audit';
import { runOps } from '#scripts/lib/ops/ops-cli.mjs';
import { verifyAudit } from '#scripts/lib/ops/verify-audit.mjs';
import { useKey } from '#scripts/lib/system/api-key.mjs';
import { createTestDatabase, postJson, type TestDatabase } from '#testing';
import { startApp, type RunningApp } from '../../apps/billing-api/src/billing-api.fixture.ts';

let database: TestDatabase;
let app: RunningApp;

beforeEach(async () => {
  database = await createTestDatabase();
  app = await startApp({ databaseUrl: database.url });
  // Four events of the installation in two seals: 1 and 2, 3 and 4.
  for (let n = 0; n < 2; n += 1) {
    for (const action of ['pause', 'resume']) await postJson(`${app.url}/v1/stages/notifier.chunks/${action}`, {});
    await sealEvents(database.dataSource);
  }
});

afterEach(async () => {
  await app.stop();
  await database.drop();
});

async function ask(path: string): Promise<unknown> {
  const response = await fetch(`${app.url}${path}`);
  expect(response.status).toBe(200);
  return await response.json();
}

const verify = async (root?: string) => await verifyAudit(ask, { root, plane: 'platform', patienceMs: 0 });

/** Runs statements as a superuser that no trigger stops. */
async function byHand(...statements: readonly string[]): Promise<void> {
  await database.dataSource.transaction(async (tx) => {
    await tx.query(`set local session_replication_role = 'replica'`);
    for (const statement of statements) await tx.query(statement);
  });
}

async function roots(): Promise<readonly string[]> {
  const seals: readonly { readonly root: string }[] = await database.dataSource.query(
    `select encode(root, 'hex') as root from audit_seals order by seq`,
  );
  return seals.map(({ root }) => root);
}

test('a chain that was not changed is whole, and has the root that the log has', async () => {
  const [, root = ''] = await roots();
  expect(await verify(root)).toEqual({ events: 4, fault: null, seals: 2, root });
});

const DIGESTS = `digests || decode(repeat('00', 32), 'hex')`;

test.each([
  ['event 2 of seal 1 was changed', `update audit_events set outcome = 'failed' where id = 2`],
  ['event 3 of seal 2 was changed', `update audit_events set at = at - interval '1 microsecond' where id = 3`],
  ['event 1 of seal 1 is missing', 'delete from audit_events where id = 1'],
  ['event 4 of seal 2 is missing', 'update audit_events set organization_id = gen_random_uuid() where id = 4'],
  [
    'event 9 is in no seal',
    `insert into audit_events (id, actor_kind, action, outcome, details) overriding system value
     values (9, 'system', 'stage.paused', 'ok', '{}')`,
  ],
  ['seal 1 was changed', `update audit_seals set at = at + interval '1 second' where seq = 1`],
  ['seal 2 was changed', `update audit_seals set event_ids = array[4, 3] where seq = 2`],
  ['seal 2 was changed', `update audit_seals set event_ids = array[3, 4, 5], digests = ${DIGESTS} where seq = 2`],
  ['seal 2 was changed', `update audit_seals set root = decode(repeat('ab', 32), 'hex') where seq = 2`],
  ['seal 2 does not follow', `update audit_seals set prev = decode(repeat('ab', 32), 'hex') where seq = 2`],
  ['seal 1 is missing', 'delete from audit_seals where seq = 1'],
  ['event 4 is in no seal', 'delete from audit_seals where seq = 2'],
])('names the first that differs: %s', async (fault, statement) => {
  await byHand(statement);
  expect((await verify()).fault).toMatch(new RegExp(`^${fault}`));
});

test('a chain whose end was cut off with its events is whole, but for the root in the log', async () => {
  const [first = '', last = ''] = await roots();
  await byHand('delete from audit_seals where seq = 2', 'delete from audit_events where id > 2');
  expect(await verify()).toEqual({ events: 2, fault: null, seals: 1, root: first });
  expect((await verify(last)).fault).toMatch(/^no seal has the root [0-9a-f]{64}: the chain has lost its end/);
});

test('the command says how many events it read, and ends with 1 when one differs', async () => {
  useKey(app.url, app.key);
  const run = async () => {
    let printed = '';
    const out = (text: string) => {
      printed += text;
    };
    return [await runOps(['audit', 'verify', '--plane', 'platform', '--url', app.url], { out, err: out }), printed];
  };
  const [first, last] = await roots();
  expect(await run()).toEqual([0, `4 events, chain whole\nNewest seal: 2, root ${String(last)}`]);

  await byHand(`update audit_events set target_id = 'notifier.recipients' where id = 3`);

  const told = `event 3 of seal 2 was changed. Events read: 4\nLast good seal: 1, root ${String(first)}`;
  expect(await run()).toEqual([1, told]);
});

test('an event that is recorded meanwhile is waited for', async () => {
  await postJson(`${app.url}/v1/stages/notifier.chunks/pause`, {});
  const [found] = await Promise.all([
    verifyAudit(ask, { plane: 'platform', patienceMs: 10_000 }),
    sealEvents(database.dataSource),
  ]);
  expect(found).toMatchObject({ events: 5, fault: null, seals: 3 });
});
