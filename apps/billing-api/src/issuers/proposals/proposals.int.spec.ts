import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#testing';
import { startApp, type RunningApp } from '../../billing-api.fixture.ts';
import { insertPerson, outcome, signedIn, type Said, type TestBrowser } from '../../people/people.fixture.ts';
import { issuerRequestOf } from '../issuer-request.fixture.ts';

let database: TestDatabase;
let app: RunningApp;
/** Two admins. */
let ana: TestBrowser;
let bia: TestBrowser;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startApp({ databaseUrl: database.url, config: { FOUR_EYES: true } });
  const { dataSource } = database;
  ana = await signedIn(dataSource, app.url, await insertPerson(dataSource));
  bia = await signedIn(dataSource, app.url, await insertPerson(dataSource));
});

afterAll(async () => {
  await app.stop();
  await database.drop();
});

const idOf = ({ body }: Said): string => String(body['id']);
const decide = (admin: TestBrowser, id: string, decision: 'approve' | 'refuse'): Promise<Said> =>
  admin.post(`/v1/issuer-proposals/${id}/${decision}`, decision === 'refuse' ? { reason: 'not ours' } : undefined);
const issuers = async (): Promise<number> =>
  (await database.dataSource.query<unknown[]>('select 1 from issuers')).length;

/** An issuer that Ana has proposed and Bia has approved. */
async function registered(n: number): Promise<{ readonly id: string; readonly etag: string }> {
  const approved = await decide(bia, idOf(await ana.post('/v1/issuers', issuerRequestOf(n))), 'approve');
  const id = String(approved.body['issuerId']);
  return { id, etag: (await ana.get(`/v1/issuers/${id}`)).headers.get('etag') ?? '' };
}

const change = (admin: TestBrowser, { id, etag }: { readonly id: string; readonly etag: string }, body: object) =>
  admin.ask('PATCH', `/v1/issuers/${id}`, { body, headers: { 'if-match': etag } });

describe('while FOUR_EYES is on, a new issuer', () => {
  test('waits, and is registered when another person approves it', async () => {
    const before = await issuers();
    const proposed = await ana.post('/v1/issuers', issuerRequestOf(1));
    expect([proposed.status, proposed.body['status']]).toEqual([202, 'proposed']);
    expect(await issuers()).toBe(before);

    const approved = await decide(bia, idOf(proposed), 'approve');

    expect([approved.status, approved.body['status']]).toEqual([200, 'approved']);
    expect((await ana.get(`/v1/issuers/${String(approved.body['issuerId'])}`)).status).toBe(200);
    const events: unknown = await database.dataSource.query(
      `select details ->> 'proposalId' as proposal from audit_events where action = 'issuer.created' and target_id = $1`,
      [approved.body['issuerId']],
    );
    expect(events).toEqual([{ proposal: idOf(proposed) }]);
  });

  test('is not approved by the person that proposed it, nor by the one that made the proposing key', async () => {
    const before = await issuers();
    const own = await ana.post('/v1/issuers', issuerRequestOf(2));
    expect(outcome(await decide(ana, idOf(own), 'approve'))).toEqual([409, 'APPROVAL_BY_SAME_PERSON']);

    const key = await ana.post('/v1/api-keys', { name: 'ERP', scopes: ['issuers:write', 'issuers:read'] });
    const authorization = `Bearer ${String(key.body['secret'])}`;
    const byKey = await fetch(`${app.url}/v1/issuers`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(issuerRequestOf(3)),
    });
    const { id } = (await byKey.json()) as { id: string };
    expect(byKey.status).toBe(202);
    expect(outcome(await decide(ana, id, 'approve'))).toEqual([409, 'APPROVAL_BY_SAME_PERSON']);
    expect(await issuers()).toBe(before);
    expect((await decide(bia, id, 'approve')).status).toBe(200);
  });

  test('is approved by no key', async () => {
    const proposed = await ana.post('/v1/issuers', issuerRequestOf(4));
    const answer = await fetch(`${app.url}/v1/issuer-proposals/${idOf(proposed)}/approve`, { method: 'POST' });

    expect(answer.status).toBe(403);
  });

  test('that is wrong is refused at once, and never waits', async () => {
    const waiting = (await ana.get('/v1/issuer-proposals?status=proposed')).body['items'];

    const refused = await ana.post('/v1/issuers', { ...issuerRequestOf(5), document: '11.111.111/1111-11' });

    expect(outcome(refused)).toEqual([400, 'FIELD_INVALID']);
    expect((await ana.get('/v1/issuer-proposals?status=proposed')).body['items']).toEqual(waiting);
  });

  test('that was refused is not approved any more', async () => {
    const id = idOf(await ana.post('/v1/issuers', issuerRequestOf(6)));
    expect((await decide(bia, id, 'refuse')).body).toMatchObject({ status: 'refused', reason: 'not ours' });

    expect(outcome(await decide(bia, id, 'approve'))).toEqual([409, 'PROPOSAL_DECIDED']);
  });
});

describe('while FOUR_EYES is on, a change', () => {
  test.each([
    ['the account', { account: { conta: '87654321' } }],
    ['the document', { document: '52998224725' }],
    ['the name', { name: 'Outra Empresa Ltda' }],
    ['the Pix key', { pix: { key: 'cobranca@example.com' } }],
  ])('of %s waits for another person', async (_what, body) => {
    const issuer = await registered(10);
    const before = (await ana.get(`/v1/issuers/${issuer.id}`)).body;

    const proposed = await change(ana, issuer, body);

    expect([proposed.status, proposed.body['kind'], proposed.body['issuerId']]).toEqual([202, 'change', issuer.id]);
    expect((await ana.get(`/v1/issuers/${issuer.id}`)).body).toEqual(before);
    expect((await decide(bia, idOf(proposed), 'approve')).status).toBe(200);
    expect((await ana.get(`/v1/issuers/${issuer.id}`)).headers.get('etag')).not.toBe(issuer.etag);
  });

  test('of its instructions is made at once', async () => {
    const changed = await change(ana, await registered(11), { instructions: ['Pague em dia'] });

    expect([changed.status, changed.body['instructions']]).toEqual([200, ['Pague em dia']]);
  });

  test('of an issuer that has changed meanwhile is outdated', async () => {
    const issuer = await registered(12);
    const proposed = await change(ana, issuer, { name: 'Outra Empresa Ltda' });
    await change(ana, issuer, { instructions: ['Pague em dia'] });

    expect(outcome(await decide(bia, idOf(proposed), 'approve'))).toEqual([409, 'PROPOSAL_OUTDATED']);
  });
});
