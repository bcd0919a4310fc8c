import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sealEvents } from '#audit';
import { routes, type Permission } from '#contracts/http';
import { answerOf, createTestDatabase, postJson, type TestDatabase } from '#testing';
import { insertTestKey } from '../../../../../libs/billing/access/src/test-key.fixture.ts';
import { insertComposed, startApp, type RunningApp } from '../../billing-api.fixture.ts';

const OTHER = '00000000-0000-4000-8000-0000000000b2';
const pageSchema = routes['GET /v1/audit-events'].answers[200].schema;
const sealsSchema = routes['GET /v1/audit-seals'].answers[200].schema;

let database: TestDatabase;
let app: RunningApp;
/** The batch that is cancelled, which is on record. */
let batchId: string;
let boletoId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startApp({ databaseUrl: database.url });
  ({
    batchId,
    boleto: { id: boletoId },
  } = await insertComposed(database.dataSource));
  await database.dataSource.query(`insert into organizations (id, name, slug) values ($1, 'Other', 'other')`, [OTHER]);
  await postJson(`${app.url}/v1/batches/${batchId}/cancel`, {});
  await postJson(`${app.url}/v1/stages/notifier.chunks/pause`, {});
  await sealEvents(database.dataSource);
});

afterAll(async () => {
  await app.stop();
  await database.drop();
});

async function ask(path: string, permissions?: readonly Permission[], organizationId?: string): Promise<Response> {
  if (permissions === undefined) return await fetch(`${app.url}${path}`);
  const of = organizationId === undefined ? {} : { organizationId };
  const key = await insertTestKey(database.dataSource.manager, { permissions, ...of });
  return await fetch(`${app.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
}

async function events(query = '', permissions?: readonly Permission[], organizationId?: string) {
  const response = await ask(`/v1/audit-events${query}`, permissions, organizationId);
  return pageSchema.parse(await response.json()).items;
}

describe('the events', () => {
  test('name actor, action and target, with time, network and request', async () => {
    const [event] = await events('?action=batch.cancelled');
    const [key]: { id: string; organization_id: string }[] = await database.dataSource.query(
      'select id, organization_id from api_keys order by created_at limit 1',
    );
    expect(event).toEqual({
      id: expect.stringMatching(/^\d+$/) as string,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string,
      organizationId: key?.organization_id,
      actorKind: 'key',
      actorId: key?.id,
      action: 'batch.cancelled',
      targetKind: 'batch',
      targetId: batchId,
      requestId: expect.stringMatching(/^[\w-]{8,64}$/) as string,
      network: '127.0.0.0/24',
      outcome: 'ok',
      details: {},
    });
  });

  test('are those of the own organization alone, or of the installation for the platform', async () => {
    const own = await events('', ['audit:read']);
    expect(own.map(({ action }) => action)).toContain('batch.cancelled');
    expect(own.map(({ action }) => action)).not.toContain('stage.paused');
    expect(await events('', ['audit:read'], OTHER)).toEqual([]);

    const platform = await events('', ['audit:read', 'stages:read'], OTHER);
    expect(platform.map(({ action, organizationId }) => [action, organizationId])).toEqual([['stage.paused', null]]);
    expect(await events('?plane=platform')).toEqual(platform);
  });

  test.each([
    [['audit:read'], 'platform'],
    [['audit:read', 'stages:read'], 'organization'],
  ] as const)('of another plane are refused to a caller with %j', async (permissions, plane) => {
    for (const path of ['/v1/audit-events', '/v1/audit-events.csv', '/v1/audit-seals']) {
      const response = await ask(`${path}?plane=${plane}`, permissions);
      expect([response.status, (await answerOf(response)).code]).toEqual([403, 'PLANE_REFUSED']);
    }
  });

  test('are found by time, actor and action', async () => {
    const [event] = await events('?action=batch.cancelled');
    const { at = '', actorId = '' } = event ?? {};
    const ids = async (query: string) => (await events(`?action=batch.cancelled&${query}`)).map(({ id }) => id);
    expect(await ids(`actor=${String(actorId)}&from=${at}&to=2999-01-01T00:00:00Z`)).toEqual([event?.id]);
    expect(await ids('from=2999-01-01T00:00:00Z')).toEqual([]);
    expect(await ids('to=2000-01-01T00:00:00-03:00')).toEqual([]);
    expect(await ids(`actor=${randomUUID()}`)).toEqual([]);
  });

  test.each([
    'from=0000-01-01T00:00:00Z',
    'from=2026-11-21',
    'from=2027-01-01T00:00:00Z&to=2026-01-01T00:00:00Z',
    'action=batch.invented',
    'actor=ana',
    'plane=moon',
    'cursor=17',
    'limit=0',
  ])('%s is 400 FIELD_INVALID', async (query) => {
    const response = await ask(`/v1/audit-events?${query}`);
    expect([response.status, (await answerOf(response)).code]).toEqual([400, 'FIELD_INVALID']);
  });

  test('are given a page at a time, newest first', async () => {
    const { manager } = database.dataSource;
    await manager.query(
      `insert into audit_events (organization_id, actor_kind, action, outcome, details)
       select $1, 'system', 'batch.cancelled', 'ok', '{}' from generate_series(1, 5)`,
      [OTHER],
    );
    const key = await insertTestKey(manager, { permissions: ['audit:read'], organizationId: OTHER });
    const ids: string[] = [];
    for (let cursor = ''; ;) {
      const headers = { authorization: `Bearer ${key}` };
      const response = await fetch(`${app.url}/v1/audit-events?limit=2${cursor}`, { headers });
      const { items, nextCursor } = pageSchema.parse(await response.json());
      ids.push(...items.map(({ id }) => id));
      if (nextCursor === null) break;
      cursor = `&cursor=${nextCursor}`;
    }
    expect(ids).toHaveLength(5);
    expect(ids).toEqual(ids.toSorted((one, other) => Number(other) - Number(one)));
  });

  test('can be downloaded as a CSV, which is an event too', async () => {
    const response = await ask('/v1/audit-events.csv?action=batch.cancelled&separator=semicolon');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename=audit.events.csv');
    const [header, line] = (await response.text()).split('\r\n');
    expect(header).toBe(
      'id;at;organizationId;actorKind;actorId;action;targetKind;targetId;requestId;network;outcome;details',
    );
    expect(line).toMatch(new RegExp(`;batch\\.cancelled;batch;${batchId};[\\w-]+;127\\.0\\.0\\.0/24;ok;\\{\\}$`));
    expect(await events('?action=audit.downloaded')).toHaveLength(1);
  });
});

test('the seals of a chain are numbered from 1', async () => {
  const response = await ask('/v1/audit-seals?plane=platform');
  const { items } = sealsSchema.parse(await response.json());
  expect(items.map(({ seq, prev, events: sealed }) => [seq, prev, sealed.length])).toEqual([[1, '0'.repeat(64), 1]]);
  expect((await ask('/v1/audit-seals?cursor=x')).status).toBe(400);
});

async function denials(query = '') {
  const found = await events(`?action=request.denied${query}`);
  return found.map(({ targetId, outcome, details }) => [targetId, outcome, details]);
}

describe('a request that is refused', () => {
  test('because a permission is missing is on record once a second', async () => {
    const key = await insertTestKey(database.dataSource.manager, { permissions: ['batches:read'] });
    const headers = { authorization: `Bearer ${key}` };
    for (let n = 0; n < 3; n += 1) expect((await fetch(`${app.url}/v1/issuers`, { headers })).status).toBe(403);
    const denial = ['GET /v1/issuers', 'denied', { code: 'PERMISSION_MISSING', permission: 'issuers:read' }];
    const found = await denials();
    expect(found[0]).toEqual(denial);
    // Three requests take less than two seconds.
    expect(found.length).toBeLessThanOrEqual(2);
  });

  test('for a key that has ended is on record with its reason, and one for a key that never was is not', async () => {
    const key = await insertTestKey(database.dataSource.manager, { permissions: ['batches:read'] });
    await database.dataSource.query(
      `update api_keys set revoked_at = now(), revoked_by = 'test' where created_at = (select max(created_at) from api_keys)`,
    );
    const before = (await denials()).length;
    const headers = { authorization: `Bearer ${key}` };
    expect((await fetch(`${app.url}/v1/batches`, { headers })).status).toBe(401);
    expect((await fetch(`${app.url}/v1/batches`, { headers: { authorization: 'Bearer sbk_x' } })).status).toBe(401);
    const found = await denials();
    expect(found).toHaveLength(before + 1);
    expect(found[0]).toEqual(['GET /v1/batches', 'denied', { code: 'KEY_INVALID', reason: 'revoked' }]);
  });
});

test('a key that was found is on record as leaked, without its text', async () => {
  const key = await insertTestKey(database.dataSource.manager);
  await postJson(`${app.url}/v1/api-keys/leaked`, { key });
  const found = await events('?action=key.leaked');
  expect(found).toMatchObject([{ actorKind: 'system', actorId: null, targetKind: 'key', details: {} }]);
  expect(JSON.stringify(found)).not.toContain(key.slice(-10));
});

async function document(permissions: readonly Permission[]) {
  const response = await ask(`/v1/boletos/${boletoId}`, permissions);
  return routes['GET /v1/boletos/{id}'].answers[200].schema.parse(await response.json()).payer.document;
}

describe('personal data', () => {
  test('of a boleto is masked without debtors:pii, and whole with it, which is on record', async () => {
    expect(await document(['boletos:read'])).toBe('***.982.247-**');
    expect(await events('?action=pii.shown')).toEqual([]);
    expect(await document(['boletos:read', 'debtors:pii'])).toBe('529.982.247-25');
    expect(await events('?action=pii.shown')).toMatchObject([
      { targetKind: 'boleto', targetId: boletoId, details: { fields: ['document'] } },
    ]);
  });

  test('of a rejected row is masked in the same way', async () => {
    await database.dataSource.query(
      `insert into rejections (batch_id, chunk_no, line, raw, problems) values ($1, 0, 9, $2, $3)`,
      [
        batchId,
        'Maria,529.982.247-26,maria@example,1',
        JSON.stringify([
          { field: 'governmentId', code: 'X', value: '529.982.247-26', message: 'm' },
          { field: 'email', code: 'X', value: 'maria@example', message: 'm' },
          { field: 'name', code: 'X', value: 'Maria', message: 'm' },
          { field: 'debtAmount', code: 'X', value: 'abc', message: 'm' },
        ]),
      ],
    );
    const path = `/v1/batches/${batchId}/rejections.csv`;
    const lines = (await (await ask(path, ['rejections:read'])).text()).split('\r\n').slice(1, -1);
    expect(lines).toEqual([
      '9,governmentId,***.982.247-**,X,m,***',
      '9,email,m***@example,X,m,***',
      '9,name,***,X,m,***',
      '9,debtAmount,abc,X,m,***',
    ]);
    expect(await events('?action=csv.downloaded')).toMatchObject([
      { targetId: batchId, details: { file: 'rejections' } },
    ]);

    const whole = await (await ask(path, ['rejections:read', 'debtors:pii'])).text();
    expect(whole).toContain('9,governmentId,529.982.247-26,X,m,"Maria,529.982.247-26,maria@example,1"');
    const [shown] = await events('?action=pii.shown');
    expect(shown).toMatchObject({ targetKind: 'batch', targetId: batchId, details: { fields: ['raw', 'value'] } });
  });
});
