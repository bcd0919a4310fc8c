import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes } from '#contracts/http';
import { withTransaction } from '#database';
import { enqueue } from '#outbox';
import { createTestDatabase, createTestVhost, postJson, type TestDatabase, type TestVhost } from '#testing';
import { startApp, type RunningApp } from '../../billing-api.fixture.ts';
import { insertLetter } from '../dead-letters/letters.fixture.ts';

const STAGE = 'notifier.recipients';
const LATER_MS = 60_000;

const stagesSchema = routes['GET /v1/stages'].answers[200].schema;

let database: TestDatabase;
let vhost: TestVhost;
let api: RunningApp;
let origin: string;

beforeAll(async () => {
  [database, vhost] = await Promise.all([createTestDatabase(), createTestVhost()]);
  api = await startApp({
    databaseUrl: database.url,
    config: { RABBITMQ_MANAGEMENT_URL: `${vhost.managementUrl.replace(/\/$/, '')}/${vhost.name}` },
  });
  origin = api.url;
});

afterAll(async () => {
  await api.stop();
  await vhost.drop();
  await database.drop();
});

async function stage(name: string, at = origin) {
  const { items } = stagesSchema.parse(await (await fetch(`${at}/v1/stages`)).json());
  return items.find((each) => each.stage === name);
}

test('a stage is paused by one operator, and resumed', async () => {
  const pause = async (reason: string) => await postJson(`${origin}/v1/stages/${STAGE}/pause`, { reason });

  expect((await pause('mail server')).status).toBe(200);
  expect((await pause('again')).status).toBe(200);
  expect((await stage(STAGE))?.paused).toMatchObject({ by: 'tests', reason: 'mail server' });

  expect((await postJson(`${origin}/v1/stages/${STAGE}/resume`, {})).status).toBe(200);
  expect((await stage(STAGE))?.paused).toBeNull();
  expect((await postJson(`${origin}/v1/stages/${STAGE}/resume`, {})).status).toBe(200);
  // The second pause and the second resume changed nothing.
  const events = 'select action, target_id, organization_id from audit_events order by id';
  expect(await database.dataSource.query(events)).toEqual([
    { action: 'stage.paused', target_id: STAGE, organization_id: null },
    { action: 'stage.resumed', target_id: STAGE, organization_id: null },
  ]);
});

test('shows a breaker that is not closed, and neither pausing nor resuming touches it', async () => {
  await database.dataSource.query(
    `insert into stage_breakers (stage, reason, openings, probe_at)
     values ('${STAGE}', 'ECONNREFUSED of ana@example.com', 3, now() + interval '1 minute')`,
  );
  for (const action of ['pause', 'resume']) {
    expect((await postJson(`${origin}/v1/stages/${STAGE}/${action}`, {})).status).toBe(200);
    expect((await stage(STAGE))?.breaker).toMatchObject({ state: 'open', openings: 3 });
  }
  expect((await stage(STAGE))?.breaker?.reason).not.toContain('ana@');
  await database.dataSource.query(
    `update stage_breakers set prober = gen_random_uuid(), prober_until = now() + interval '1 minute'`,
  );
  expect((await stage(STAGE))?.breaker?.state).toBe('half-open');
  await database.dataSource.query('delete from stage_breakers');
  expect((await stage(STAGE))?.breaker).toBeNull();
});

test.each(['pause', 'resume'])('there is no stage of that name to %s', async (action) => {
  const response = await postJson(`${origin}/v1/stages/mailer/${action}`, {});
  expect([response.status, await response.json()]).toEqual([404, expect.objectContaining({ code: 'STAGE_NOT_FOUND' })]);
});

test('shows what died, also where no stage is, and what the broker says', async () => {
  await insertLetter(database.dataSource, { queue: STAGE });
  await insertLetter(database.dataSource, { queue: STAGE, status: 'discarded' });
  await insertLetter(database.dataSource, { queue: 'billing.unroutable' });
  await vhost.api('PUT', `/queues/${vhost.name}/${STAGE}`, { durable: true });

  expect(await stage(STAGE)).toMatchObject({
    openDeadLetters: 1,
    broker: { ready: 0, unacked: 0, consumers: 0, perSecond: 0 },
  });
  expect(await stage('billing.unroutable')).toMatchObject({ openDeadLetters: 1, broker: null });
});

test('shows what was lost, announced again, and whether it came back', async () => {
  await database.dataSource.query(
    `insert into missing_messages (name, body, batch_id, announcements, announced_at, recovered_at)
     select 'notification.due.v1', jsonb_build_object('n', n), gen_random_uuid(), announcements,
            case when announcements > 0 then now() end, recovered_at
     from (values (1, 2, null), (2, 1, now()), (3, 1, now()), (4, 0, null)) as m (n, announcements, recovered_at)`,
  );
  expect((await stage(STAGE))?.lost).toEqual({ missing: 1, recovered: 2 });
  expect((await stage('notifier.chunks'))?.lost).toEqual({ missing: 0, recovered: 0 });
});

test('does without the broker where it is not configured or does not answer', async () => {
  const alone = await startApp({
    databaseUrl: database.url,
    config: { RABBITMQ_MANAGEMENT_URL: 'http://u:p@127.0.0.1:1' },
  });
  expect(await stage(STAGE, alone.url)).toMatchObject({ broker: null });
  await alone.stop();
});

test('shows what waits in the outbox, and how much of it is due', async () => {
  await withTransaction(database.dataSource, async (tx) => {
    const batchId = '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e';
    await enqueue(tx, 'batch.received.v1', { batchId });
    await enqueue(tx, 'batch.received.v1', { batchId }, { delayMs: LATER_MS });
  });
  const answer: unknown = await (await fetch(`${origin}/v1/outbox`)).json();
  expect(answer).toEqual({
    items: [{ name: 'batch.received.v1', pending: 2, due: 1, oldestSeconds: expect.any(Number) as number }],
    nextCursor: null,
  });
});

test('stages and the outbox are given a page at a time, and a cursor of neither is refused', async () => {
  const all = stagesSchema.parse(await (await fetch(`${origin}/v1/stages`)).json());
  const seen: string[] = [];
  for (let cursor = ''; ;) {
    const page = stagesSchema.parse(await (await fetch(`${origin}/v1/stages?limit=4${cursor}`)).json());
    seen.push(...page.items.map((each) => each.stage));
    if (page.nextCursor === null) break;
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
  expect(seen).toEqual(all.items.map((each) => each.stage));

  const behind = await (await fetch(`${origin}/v1/outbox?cursor=batch.received.v1`)).json();
  expect(behind).toEqual({ items: [], nextCursor: null });
  expect((await fetch(`${origin}/v1/stages?cursor=mailer`)).status).toBe(400);
  expect((await fetch(`${origin}/v1/outbox?cursor=%00`)).status).toBe(400);
});
