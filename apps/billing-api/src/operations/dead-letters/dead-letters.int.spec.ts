import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { routes } from '#contracts/http';
import { createTestDatabase, insertNotification, postJson, waitFor, type TestDatabase } from '#testing';
import { insertTestKey } from '../../../../../libs/billing/access/src/test-key.fixture.ts';
import { startApp, type RunningApp } from '../../billing-api.fixture.ts';
import { insertLetter, insertLetterOf } from './letters.fixture.ts';

const listSchema = routes['GET /v1/dead-letters'].answers[200].schema;
const groupsSchema = routes['GET /v1/dead-letters/groups'].answers[200].schema;
const detailsSchema = routes['GET /v1/dead-letters/{id}'].answers[200].schema;

let database: TestDatabase;
let api: RunningApp;
let origin: string;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startApp({ databaseUrl: database.url });
  origin = api.url;
});

afterAll(async () => {
  await api.stop();
  await database.drop();
});

beforeEach(async () => {
  await database.dataSource.query('truncate dead_letters, dead_letter_actions, outbox cascade');
});

const problem = z.object({ code: z.string() });

async function get<T extends z.ZodType>(schema: T, path: string): Promise<z.output<T>> {
  const response = await fetch(`${origin}/v1/dead-letters${path}`);
  return schema.parse(await response.json());
}

async function act(name: 'replay' | 'discard' | 'restore', body: object) {
  const response = await postJson(`${origin}/v1/dead-letters/${name}`, body);
  expect(response.status).toBe(200);
  return routes[`POST /v1/dead-letters/${name}`].answers[200].schema.parse(await response.json());
}

async function rowsOf(sql: string, ...parameters: readonly unknown[]): Promise<readonly Record<string, unknown>[]> {
  return await database.dataSource.query(sql, [...parameters]);
}

const find = async (query: string) => (await get(listSchema, query)).items.map(({ id }) => id);

const statusOf = async (id: string) =>
  (await rowsOf('select status from dead_letters where id = $1', id))[0]?.['status'];

/** An e-mail that failed because its message died, and the letter of that message. */
async function deadEmail(): Promise<{ letter: string; boletoId: string }> {
  const { dataSource } = database;
  const { boletoId, batchId } = await insertNotification(dataSource, {
    status: 'failed',
    attempts: 6,
    lastError: { class: 'dead', code: 'DEAD', message: 'no luck' },
  });
  const message = { batchId, boletoId, kind: 'boleto_issued' } as const;
  const letter = await insertLetterOf(dataSource, 'notifier.recipients', 'notification.due.v1', message);
  return { letter, boletoId };
}

describe('looking at dead letters', () => {
  test('lists them newest first, a page at a time', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.unshift(await insertLetter(database.dataSource));

    const first = await get(listSchema, '?limit=2');
    const second = await get(listSchema, `?limit=2&cursor=${first.nextCursor ?? ''}`);
    const third = await get(listSchema, `?limit=2&cursor=${second.nextCursor ?? ''}`);

    expect([first, second, third].map(({ items }) => items.map(({ id }) => id))).toEqual([
      ids.slice(0, 2),
      ids.slice(2, 4),
      ids.slice(4),
    ]);
    expect(third.nextCursor).toBeNull();
  });

  test('lists groups largest first, a page at a time, equal ones in a fixed order', async () => {
    for (const [digit, count] of [
      ['a', 1],
      ['b', 2],
      ['c', 1],
      ['d', 3],
    ] as const) {
      for (let n = 0; n < count; n += 1) {
        await insertLetter(database.dataSource, { fingerprint: digit.repeat(16), queue: 'notifier.chunks' });
      }
    }
    const pages: string[][] = [];
    for (let cursor = ''; pages.length < 9;) {
      const page = await get(groupsSchema, `/groups?limit=1${cursor}`);
      pages.push(page.items.map(({ fingerprint, count }) => `${fingerprint.slice(0, 1)} ${count.toString()}`));
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(pages).toEqual([['d 3'], ['b 2'], ['a 1'], ['c 1']]);
  });

  test('finds them by every field', async () => {
    const { dataSource } = database;
    const batchId = randomUUID();
    const wanted = await insertLetter(dataSource, {
      queue: 'notifier.chunks',
      batchId,
      fingerprint: '00000000000000bb',
      reason: 'the 100% rule is broken',
    });
    const discarded = await insertLetter(dataSource, { status: 'discarded' });
    const other = await insertLetter(dataSource);

    for (const query of [
      'queue=notifier.chunks',
      `batchId=${batchId}`,
      'fingerprint=00000000000000bb',
      'reason=100%25%20RULE',
    ]) {
      expect([query, await find(`?${query}`)]).toEqual([query, [wanted]]);
    }
    expect(await find('?status=discarded')).toEqual([discarded]);
    expect(await find('?status=any')).toEqual([other, discarded, wanted]);
    expect(await find('?from=2999-01-01T00:00:00Z')).toEqual([]);
    expect(await find('?to=2999-01-01T00:00:00Z')).toEqual([other, wanted]);
  });

  test.each(['?limit=0', '?cursor=x', '?status=lost', '?from=yesterday', '?fingerprint=1', '?batch=1'])(
    'refuses %s',
    async (query) => {
      const response = await fetch(`${origin}/v1/dead-letters${query}`);
      expect([response.status, problem.parse(await response.json()).code]).toEqual([400, 'FIELD_INVALID']);
    },
  );

  test('groups them by what they died of, the largest group first', async () => {
    const { dataSource } = database;
    await insertLetter(dataSource, { fingerprint: '00000000000000bb', reason: 'other' });
    await insertLetter(dataSource);
    const latest = await insertLetter(dataSource, { reason: 'no luck for 52998224725' });

    const { items: groups } = await get(groupsSchema, '/groups');

    expect(groups).toMatchObject([
      {
        fingerprint: '00000000000000aa',
        count: 2,
        example: { id: latest, reason: 'no luck for [cpf]', errorType: 'Error' },
      },
      { fingerprint: '00000000000000bb', count: 1 },
    ]);
  });

  test('shows one with its attempts and its history, without personal data', async () => {
    const failures = [
      { attempt: 1, at: '2026-11-21T10:00:00.000Z', reason: 'ana@example.com is away' },
      { attempt: 2, at: '2026-11-21T10:00:05.000Z', reason: 'still away' },
    ];
    const id = await insertLetter(database.dataSource, {
      body: '{"document":"529.982.247-25"}',
      reason: 'no 529.982.247-25',
      error: { type: 'TypeError', message: 'no ana@example.com', stack: 'TypeError: 529.982.247-25\n  at x.ts' },
      headers: { 'x-failures': JSON.stringify(failures) },
    });
    await act('discard', { ids: [id] });
    await act('restore', { ids: [id] });

    const shown = await get(detailsSchema, `/${id}`);

    const { body, ...rest } = shown;
    expect(JSON.stringify(rest)).not.toMatch(/529|ana@/);
    expect(body).toBe('{"document":"529.982.247-25"}');
    expect(await rowsOf(`select action, target_id, details from audit_events where action = 'pii.shown'`)).toEqual([
      { action: 'pii.shown', target_id: id, details: { fields: ['body'] } },
    ]);
    // The platform alone reads a letter of no batch.
    const permissions = ['deadletters:read', 'stages:read'] as const;
    const masked = await insertTestKey(database.dataSource.manager, { permissions });
    const authorization = `Bearer ${masked}`;
    const hidden = await fetch(`${origin}/v1/dead-letters/${id}`, { headers: { authorization } });
    expect(detailsSchema.parse(await hidden.json()).body).toBe('{"document":"***.982.247-**"}');
    expect(await rowsOf(`select 1 from audit_events where action = 'pii.shown'`)).toHaveLength(1);
    expect(shown).toMatchObject({
      id,
      error: { type: 'TypeError', message: 'no [email]@example.com' },
      failures: [{ attempt: 1, reason: '[email]@example.com is away' }, failures[1]],
      history: [
        { action: 'discard', operator: 'tests' },
        { action: 'restore', operator: 'tests' },
      ],
    });
  });

  test.each(['0', '1', 'x', '99999999999999999999'])('knows no letter %s', async (id) => {
    const response = await fetch(`${origin}/v1/dead-letters/${id}`);
    expect([response.status, problem.parse(await response.json()).code]).toEqual([404, 'DEAD_LETTER_NOT_FOUND']);
  });
});

describe('acting on dead letters', () => {
  test('a dry run counts and does nothing', async () => {
    const { letter } = await deadEmail();
    await insertLetter(database.dataSource, { status: 'discarded' });

    expect(await act('replay', { all: true, dryRun: true })).toMatchObject({ matched: 1, done: 0, actionId: null });
    expect(await act('discard', { ids: [letter, '999999'], dryRun: true })).toMatchObject({ matched: 1 });
    expect(await act('restore', { all: true, dryRun: true })).toMatchObject({ matched: 1 });

    expect(await statusOf(letter)).toBe('open');
    expect(await rowsOf('select id from dead_letter_actions')).toEqual([]);
  });

  test('is kept with its operator, time, selection and count', async () => {
    const { letter } = await deadEmail();
    await fetch(`${origin}/v1/dead-letters/replay`, {
      method: 'POST',
      // The header means nothing: the key names the caller.
      headers: { 'content-type': 'application/json', 'x-operator': 'ana' },
      body: JSON.stringify({ filter: { queue: 'notifier.recipients' }, perSecond: 7 }),
    });

    const kept = await rowsOf(
      'select action, operator, selection, per_second, letters, refusals, finished_at from dead_letter_actions',
    );
    expect(kept).toEqual([
      {
        action: 'replay',
        operator: 'tests',
        selection: { filter: { queue: 'notifier.recipients' } },
        per_second: 7,
        letters: 1,
        refusals: {},
        finished_at: expect.any(Date) as Date,
      },
    ]);
    expect((await get(detailsSchema, `/${letter}`)).history).toMatchObject([{ action: 'replay', operator: 'tests' }]);
  });

  test('says of letters that were named why nothing was done', async () => {
    const { letter } = await deadEmail();
    const discarded = await insertLetter(database.dataSource, { status: 'discarded' });

    const replayed = await act('replay', { ids: [letter, discarded, '999999'] });
    const restored = await act('restore', { ids: [letter, discarded] });

    expect(replayed).toMatchObject({ done: 1, refusals: { NOT_OPEN: 1, NOT_FOUND: 1 } });
    expect(restored).toMatchObject({ done: 1, refused: [{ id: letter, code: 'NOT_DISCARDED' }] });
    expect(await statusOf(discarded)).toBe('open');
  });

  test.each([
    {},
    { filter: {} },
    { ids: ['1'], filter: { queue: 'q' } },
    { all: true, filter: { queue: 'q' } },
    { all: false },
    { all: true, asOf: 'yesterday' },
    { all: true, asOf: '0000-01-01T00:00:00Z' },
    { ids: [] },
    { ids: ['1'], all: true },
    { ids: ['x'] },
    { filter: { status: 'open' } },
    { all: true, perSecond: 0 },
  ])('refuses %j', async (body) => {
    const response = await postJson(`${origin}/v1/dead-letters/replay`, body);
    expect([response.status, problem.parse(await response.json()).code]).toEqual([400, 'FIELD_INVALID']);
  });
});

describe('a set of dead letters that is frozen', () => {
  test('letters that died after the dry run stay out of its action, and out of a dry run as of then', async () => {
    const seen = await insertLetter(database.dataSource);
    const { asOf, matched } = await act('discard', { all: true, dryRun: true });
    const later = await insertLetter(database.dataSource);

    expect(matched).toBe(1);
    expect(await act('discard', { all: true, asOf, dryRun: true })).toMatchObject({ matched: 1, asOf });
    expect(await act('discard', { all: true, asOf })).toMatchObject({ done: 1, asOf });
    expect([await statusOf(seen), await statusOf(later)]).toEqual(['discarded', 'open']);
    expect(await act('discard', { filter: { queue: 'notifier.chunks' } })).toMatchObject({ done: 0 });
  });
});

async function startInBackground(name: 'discard' | 'replay', body: object): Promise<Response> {
  return await fetch(`${origin}/v1/dead-letters/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'handling=lenient, Respond-Async' },
    body: JSON.stringify(body),
  });
}

describe('an action in the background', () => {
  test('is answered at once with where it is followed, and done', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) ids.push(await insertLetter(database.dataSource));

    const response = await startInBackground('discard', { ids: [...ids, '999999'] });

    const { 202: started } = routes['POST /v1/dead-letters/discard'].answers;
    const { actionId, links } = started.schema.parse(await response.json());
    expect([response.status, response.headers.get('preference-applied')]).toEqual([202, 'respond-async']);
    expect(response.headers.get('location')).toBe(links.self);
    expect(new URL(links.self).pathname).toBe(`/v1/dead-letters/actions/${actionId}`);
    const { schema } = routes['GET /v1/dead-letters/actions/{id}'].answers[200];
    const action = await waitFor(
      async () => {
        const found = await get(schema, `/actions/${actionId}`);
        return found.state === 'finished' ? found : undefined;
      },
      { describe: 'the end of the action' },
    );
    expect(action).toMatchObject({
      id: actionId,
      action: 'discard',
      operator: 'tests',
      perSecond: null,
      matched: 4,
      done: 3,
      refusals: { NOT_FOUND: 1 },
      refused: [{ id: '999999', code: 'NOT_FOUND' }],
    });
    expect(await Promise.all(ids.map(statusOf))).toEqual(['discarded', 'discarded', 'discarded']);
  });

  test('is not begun by a dry run', async () => {
    const response = await startInBackground('replay', { all: true, dryRun: true });
    expect([response.status, await response.json()]).toMatchObject([200, { dryRun: true, actionId: null }]);
    expect(await rowsOf('select id from dead_letter_actions')).toEqual([]);
  });

  test('is interrupted when it makes no progress for a minute, and actions are listed newest first, by the page', async () => {
    await database.dataSource.query(
      `insert into dead_letter_actions (action, operator, selection, finished_at, progressed_at)
       values ('replay', 'ana', '{}', now(), now()),
              ('replay', 'ana', '{}', null, now() - interval '2 minutes'),
              ('restore', 'bia', '{}', null, now())`,
    );
    const { schema } = routes['GET /v1/dead-letters/actions'].answers[200];

    const first = await get(schema, '/actions?limit=2');
    const second = await get(schema, `/actions?limit=2&cursor=${first.nextCursor ?? ''}`);

    expect(first.items.map(({ state }) => state)).toEqual(['running', 'interrupted']);
    expect(second.items.map(({ state, matched }) => [state, matched])).toEqual([['finished', null]]);
    expect(second.nextCursor).toBeNull();
  });

  test.each(['0', '1', 'x'])('knows no action %s', async (id) => {
    const response = await fetch(`${origin}/v1/dead-letters/actions/${id}`);
    expect([response.status, problem.parse(await response.json()).code]).toEqual([404, 'DEAD_LETTER_ACTION_NOT_FOUND']);
  });
});
