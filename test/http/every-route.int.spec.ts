import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { recordAudit, sealEvents } from '#audit';
import { keyPermissions, routes, type RouteAccess, type RouteKey, type RouteSpec } from '#contracts/http';
import { withTransaction } from '#database';
import { enqueue } from '#outbox';
import { createTestDatabase, type TestDatabase } from '#testing';
import { insertComposed } from '../../apps/billing-api/src/billing-api.fixture.ts';
import { insertLetter } from '../../apps/billing-api/src/operations/dead-letters/letters.fixture.ts';
import { insertPerson, signedIn, type TestBrowser } from '../../apps/billing-api/src/people/people.fixture.ts';
import { startSystem, type HttpSystem } from './system.fixture.ts';

const table: readonly (readonly [RouteKey, RouteSpec])[] = (Object.keys(routes) as RouteKey[]).map((key) => [
  key,
  routes[key],
]);
const keys = table.map(([key]) => key);

let database: TestDatabase;
let system: HttpSystem & { stop(): Promise<void> };

beforeAll(async () => {
  database = await createTestDatabase();
  system = await startSystem(database.url);
});

afterAll(async () => {
  await system.stop();
  await database.drop();
});

interface Target {
  readonly method: string;
  readonly path: string;
}

/** A request for a route. A parameter of its path is what `parameters` has for it, or an id of nothing. */
function targetOf(key: RouteKey, parameters: Readonly<Record<string, string>> = {}): Target {
  const [method = '', template = ''] = key.split(' ');
  return { method, path: template.replaceAll(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? randomUUID()) };
}

async function codeOf(origin: string, { method, path }: Target): Promise<unknown> {
  const response = await fetch(`${origin}${path}`, { method });
  if (response.ok) {
    await response.body?.cancel();
    return undefined;
  }
  return (JSON.parse(await response.text()) as { code: unknown }).code;
}

describe('every route of the table', () => {
  test.each(keys)('%s is answered by the app that the table names, and by no other', async (key) => {
    const { servedBy } = routes[key];
    const other = servedBy === 'billing-api' ? 'upload-api' : 'billing-api';
    const target = targetOf(key);

    // NOT_FOUND is the code of a path without a controller; that of a missing thing has a name.
    for (const origin of [system.origin, system.apps[servedBy]]) {
      expect(['NOT_FOUND', 'MISDIRECTED', 'UPSTREAM_AWAY']).not.toContain(await codeOf(origin, target));
    }
    expect(await codeOf(system.apps[other], target)).toBe('MISDIRECTED');
  });
});

const componentRef = z.object({ $ref: z.string() });
const content = z.record(z.string(), z.object({ schema: z.unknown() }));
const operation = z.object({
  operationId: z.string(),
  tags: z.array(z.string()).default([]),
  parameters: z.array(z.object({ in: z.string(), name: z.string() })).default([]),
  requestBody: z.object({ content }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content: content.optional() })),
});
const document = z.object({
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

type Operation = z.output<typeof operation>;

let read: Promise<z.output<typeof document>> | undefined;

/** The document of the gateway, read once: it is the same for every test, and requests for it are limited. */
async function readDocument(): Promise<z.output<typeof document>> {
  read ??= fetch(`${system.origin}/docs-json`).then(async (answer) => document.parse(await answer.json()));
  return await read;
}

function operationOf({ paths }: z.output<typeof document>, key: RouteKey): Operation {
  const [method = '', path = ''] = key.split(' ');
  const found = paths[path]?.[method.toLowerCase()];
  if (found === undefined) throw new Error(`${key} is not documented`);
  return found;
}

/** The name of a schema that OpenAPI keeps as a component. */
function nameOf(schema: z.ZodType): string {
  const id = schema.meta()?.id;
  if (id === undefined) throw new Error('the schema has no name');
  return id;
}

/** Components as zod writes them, with their references where OpenAPI has them. */
function componentsOf(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { definitions } = z.toJSONSchema(z.object({ schema }), { target: 'openapi-3.0', io });
  return JSON.parse(JSON.stringify(definitions).replaceAll('#/definitions/', '#/components/schemas/'));
}

const namesIn = ({ parameters }: Operation, place: string): readonly string[] =>
  parameters
    .filter((each) => each.in === place)
    .map(({ name }) => name)
    .toSorted();

const isList = ({ operationId }: RouteSpec): boolean => /^(?:list|group)/.test(operationId);

const refTo = (schema: z.ZodType): string => `#/components/schemas/${nameOf(schema)}`;

const refOf = (schema: unknown): string | undefined =>
  schema === undefined ? undefined : componentRef.parse(schema).$ref;

const shapeNames = (schema: z.ZodObject | undefined): readonly string[] => Object.keys(schema?.shape ?? {}).toSorted();

describe('the one document of the gateway', () => {
  test('has the routes of the table and no other, each under a name of its own', async () => {
    const found = await readDocument();
    const documented = Object.entries(found.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { operationId }]) => [`${method.toUpperCase()} ${path}`, operationId]),
    );
    const expected = table.map(([key, { operationId }]) => [key, operationId]);
    expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(expected));
    expect(new Set(expected.map(([, name]) => name)).size).toBe(keys.length);
  });

  test.each(table)('describes %s as the table does', async (key, spec) => {
    const found = await readDocument();
    const { responses, requestBody, ...rest } = operationOf(found, key);

    const statuses = Object.keys(responses).filter((status) => Number(status) < 400);
    expect(statuses).toEqual(Object.keys(spec.answers));
    for (const [status, answer] of Object.entries(spec.answers)) {
      const described = responses[status]?.content ?? {};
      const schema = 'schema' in answer ? answer.schema : undefined;
      const media = 'files' in answer ? Object.keys(answer.files) : schema === undefined ? [] : ['application/json'];
      expect(Object.keys(described)).toEqual(media);
      expect(refOf(described['application/json']?.schema)).toBe(schema && refTo(schema));
      expect(found.components.schemas).toMatchObject(schema === undefined ? {} : componentsOf(schema, 'output'));
    }
    for (const [status, codes] of Object.entries(spec.refusals ?? {})) {
      expect(responses[status]?.description.split(' · ')).toEqual(expect.arrayContaining([...codes]));
    }
    // A reader of the page finds each operation in one place.
    expect(rest.tags).toHaveLength(1);
    const operationHere = { responses, requestBody, ...rest };
    expect(namesIn(operationHere, 'path')).toEqual(shapeNames(spec.params));
    expect(namesIn(operationHere, 'query')).toEqual(shapeNames(spec.query));
    expect(namesIn(operationHere, 'header')).toEqual(shapeNames(spec.headers));
    const body = requestBody?.content['application/json']?.schema;
    expect(refOf(body)).toBe(spec.body && refTo(spec.body));
    expect(requestBody?.content['multipart/form-data'] !== undefined).toBe(spec.form !== undefined);
    const fields = requestBody?.content['application/x-www-form-urlencoded']?.schema;
    expect(refOf(fields)).toBe(spec.urlEncoded && refTo(spec.urlEncoded));
  });

  test('has no answer of success without a schema', async () => {
    const { paths } = await readDocument();
    const bare = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, { responses }]) =>
        Object.entries(responses)
          .filter(([status, { content: given = {} }]) => {
            const media = Object.values(given);
            return Number(status) < 300 && (media.length === 0 || media.some(({ schema }) => schema === undefined));
          })
          .map(([status]) => `${method} ${path} ${status}`),
      ),
    );
    expect(bare).toEqual([]);
  });

  test('has one shape for lists: items and nextCursor, with limit and cursor to ask for more', () => {
    const pages = table.filter(([, { answers }]) => 200 in answers && itemsOf(answers[200]) !== undefined);

    expect(table.filter(([, spec]) => isList(spec)).map(([key]) => key)).toEqual(pages.map(([key]) => key));
    expect(pages.length).toBeGreaterThanOrEqual(8);
    for (const [key, { answers, query }] of pages) {
      expect([key, itemsOf(answers[200])]).toEqual([key, ['items', 'nextCursor']]);
      expect([key, shapeNames(query)]).toEqual([key, expect.arrayContaining(['cursor', 'limit'])]);
    }
  });
});

/** The fields of an answer that has a list in it. */
function itemsOf(answer: RouteSpec['answers'][200]): readonly string[] | undefined {
  if (answer === undefined || 'files' in answer || !(answer.schema instanceof z.ZodObject)) return undefined;
  const { shape } = answer.schema;
  const isPage = Object.keys(shape).length <= 3 && Object.values(shape).some((field) => field instanceof z.ZodArray);
  return isPage ? Object.keys(shape).toSorted() : undefined;
}

async function askWithKey(path: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${system.origin}${path}`);
  return { status: response.status, body: await response.json() };
}

/** No key may use the route. */
function isForPeople(access: RouteAccess): boolean {
  if ('anonymous' in access) return false;
  return access.needs === 'session' || access.stepUp === true || !keyPermissions.includes(access.needs);
}

describe('what is answered', () => {
  let ids: Readonly<Record<string, string>>;
  let admin: TestBrowser;

  beforeAll(async () => {
    const { dataSource } = database;
    const { issuer, batchId, boleto } = await insertComposed(dataSource);
    const exportId = randomUUID();
    await dataSource.query(`insert into exports (id, batch_id, format) values ($1, $2, 'pdf-zip')`, [
      exportId,
      batchId,
    ]);
    const letter = await insertLetter(dataSource, {
      queue: 'notifier.recipients',
      headers: { 'x-failures': JSON.stringify([{ attempt: 1, at: '2026-11-21T10:00:00.000Z', reason: 'no luck' }]) },
    });
    const [action]: { id: string }[] = await dataSource.query(
      `insert into dead_letter_actions (action, operator, selection, refusals, refused, matched)
       values ('replay', 'ana', '{}', '{"NOT_OPEN":1}', '[{"id":"7","code":"NOT_OPEN"}]', 1)
       returning id`,
    );
    await dataSource.query(`insert into dead_letter_histories (dead_letter_id, action_id) values ($1, $2)`, [
      letter,
      action?.id,
    ]);
    await dataSource.query(`insert into stage_pauses (stage, operator, reason) values ('notifier.chunks', 'ana', 'x')`);
    await dataSource.query(
      `insert into stage_breakers (stage, reason, openings, probe_at)
       values ('notifier.recipients', 'ECONNREFUSED', 3, now() + interval '1 minute')`,
    );
    await withTransaction(dataSource, async (tx) => {
      await enqueue(tx, 'batch.received.v1', { batchId });
    });
    const { userId } = await insertPerson(dataSource);
    admin = await signedIn(dataSource, system.origin, { userId });
    await dataSource.query(
      `insert into passkeys (id, user_id, credential_id, public_key, counter, transports, name)
       values (gen_random_uuid(), $1, 'id', 'key', 0, '{}', 'phone')`,
      [userId],
    );
    await dataSource.query(
      `insert into invitations (id, organization_id, email, role, token_hash, created_by, expires_at)
       values (gen_random_uuid(), '00000000-0000-4000-8000-000000000001', 'rui@example.com', 'viewer', sha256('1'), $1,
               now() + interval '1 day')`,
      [userId],
    );
    const organizationId = '00000000-0000-4000-8000-000000000001';
    const proposalId = randomUUID();
    await dataSource.query(
      `insert into issuer_proposals (id, organization_id, request, proposed_by, proposer) values ($1, $2, '{}', $3, 'Ana')`,
      [proposalId, organizationId, userId],
    );
    const target = { kind: 'batch', id: batchId } as const;
    await withTransaction(dataSource, (tx) =>
      recordAudit(
        tx,
        { kind: 'system', id: undefined, organizationId },
        { action: 'batch.cancelled', target, details: {} },
      ),
    );
    await sealEvents(dataSource);
    ids = {
      'issuer-proposals': proposalId,
      batches: batchId,
      boletos: boleto.id,
      exports: exportId,
      issuers: issuer.id,
      'dead-letters': letter,
      actions: action?.id ?? '',
    };
  });

  /** The id of what a path names: that of the last collection before the parameter. */
  function idFor(key: RouteKey): string {
    const collection = key.split('/{id}', 1)[0]?.split('/').at(-1) ?? '';
    return ids[collection] ?? '';
  }

  const answers = table.flatMap(([key, spec]) => {
    const answer = spec.answers[200];
    return key.startsWith('GET ') && answer !== undefined && 'schema' in answer ? [[key, answer.schema] as const] : [];
  });

  test.each(answers)('%s is the schema of the table, and nothing beside it', async (key, schema) => {
    const { path } = targetOf(key, { id: idFor(key) });
    const { status, body: answer } = isForPeople(routes[key].access) ? await admin.get(path) : await askWithKey(path);

    expect(status).toBe(200);
    // zod leaves out fields that the schema does not have: an answer that is parsed whole has none.
    expect(schema.parse(answer)).toEqual(answer);
    const items = typeof answer === 'object' && answer !== null && 'items' in answer ? answer.items : undefined;
    expect(items).not.toEqual([]);
  });
});
