import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { done } from '#broker';
import { createTestDatabase, insertOrganization, type TestDatabase } from '#testing';
import {
  deliveryOf,
  issuedChunk,
  notifications,
  notifier,
  recipientsOf,
  toEach,
  type Given,
  type Notifier,
  type Part,
} from '../notifier.fixture.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterEach(async () => {
  await database.dataSource.query('truncate outbox, mail_parts, mail_turns, token_buckets');
});

afterAll(async () => {
  await database.drop();
});

async function organization(limits: object = {}): Promise<string> {
  return (await insertOrganization(database.dataSource, { limits })).id;
}

/** An issued part with the hint that the generator leaves. */
async function issued(organizationId: string, count: number): Promise<Given> {
  const given = await issuedChunk(database.dataSource, count, 'processing', organizationId);
  await hint(organizationId, given.part);
  return given;
}

async function hint(organizationId: string, { batchId, chunkNo, fromLine, toLine }: Part): Promise<void> {
  await database.dataSource.query(
    `insert into mail_parts (organization_id, batch_id, chunk_no, from_line, to_line) values ($1, $2, $3, $4, $5)`,
    [organizationId, batchId, chunkNo, fromLine, toLine],
  );
}

async function hints(): Promise<number> {
  const rows: { n: number }[] = await database.dataSource.query('select count(*)::int as n from mail_parts');
  return rows[0]?.n ?? 0;
}

/** Handles the messages, and those that follow from them, in the order of one queue. Returns how many it handled. */
async function drain({ chunks }: Notifier, first: readonly Part[]): Promise<number> {
  const queue = [...first];
  let deliveries = 0;
  for (let part = queue.shift(); part !== undefined; part = queue.shift()) {
    expect(await chunks.handle(deliveryOf(database.dataSource, part))).toEqual(done);
    deliveries += 1;
    const rows: { body: Part }[] = await database.dataSource.query(
      `with gone as (delete from outbox where name = 'chunk.issued.v1' returning id, body) select body from gone order by id`,
    );
    queue.push(...rows.map(({ body }) => body));
  }
  return deliveries;
}

test('twelve parts of one organization do not stand before the first e-mail of another', async () => {
  const running = await notifier(database.dataSource);
  const [crowd, single] = [await organization(), await organization()];
  const before: Given[] = [];
  for (let at = 0; at < 12; at += 1) before.push(await issued(crowd, 10));
  // Two slices, so that it has more than one turn.
  const late = await issued(single, 60);

  const deliveries = await drain(
    running,
    [...before, late].map(({ part }) => part),
  );

  const order = running.server.mails.map(({ to }) => (late.emails.includes(to) ? 'single' : 'crowd'));
  const crowdBefore = (at: number) => order.slice(0, at).filter((each) => each === 'crowd').length;
  expect(crowdBefore(order.indexOf('single')), 'one slice').toBe(10);
  expect(crowdBefore(order.lastIndexOf('single')), 'one slice for each of its slices').toBe(20);
  expect(recipientsOf(running.server), 'each once').toEqual(toEach([...before, late].flatMap(({ emails }) => emails)));
  expect(await hints()).toBe(0);
  // Each lent slice costs a delivery, and the messages of the late part find everything sent.
  expect(deliveries).toBe(12 + 2 + 2);
}, 60_000);

test('three organizations take turns', async () => {
  const running = await notifier(database.dataSource);
  const organizations = [await organization(), await organization(), await organization()];
  const given: Given[] = [];
  for (const id of organizations) for (let at = 0; at < 4; at += 1) given.push(await issued(id, 5));

  await drain(
    running,
    given.map(({ part }) => part),
  );

  const owner = new Map(given.flatMap(({ emails }, at) => emails.map((email) => [email, Math.floor(at / 4)] as const)));
  const turns = running.server.mails.map(({ to }) => owner.get(to)).filter((_, at) => at % 5 === 0);
  expect(turns).toHaveLength(12);
  for (let at = 0; at < 12; at += 3) expect(new Set(turns.slice(at, at + 3)).size, `round ${at.toString()}`).toBe(3);
}, 60_000);

test('a hint about e-mails that were sent costs one look, and goes', async () => {
  const running = await notifier(database.dataSource);
  const [own, other] = [await organization(), await organization()];
  const sent = await issuedChunk(database.dataSource, 3, 'processing', other);
  await drain(running, [sent.part]);
  await hint(other, sent.part);
  const given = [await issued(own, 3), await issued(own, 3)];
  expect(
    await drain(
      running,
      given.map(({ part }) => part),
    ),
  ).toBe(2);
  expect(await hints()).toBe(0);
  expect(running.server.mails).toHaveLength(9);
});

test('the e-mails beyond the limit of a day wait without an attempt, and another organization goes on', async () => {
  const running = await notifier(database.dataSource);
  const [small, other] = [await organization({ emails: 4 }), await organization()];
  const [limited, free] = [await issued(small, 6), await issued(other, 6)];

  expect(await running.chunks.handle(deliveryOf(database.dataSource, limited.part))).toEqual(done);
  const rest = { ...limited.part, fromLine: 6 };
  // The turn is that of the other one now: it is lent, and then the limited part has none of its own left.
  expect(await running.chunks.handle(deliveryOf(database.dataSource, rest))).toEqual(done);
  expect(await running.chunks.handle(deliveryOf(database.dataSource, rest))).toMatchObject({
    kind: 'failed',
    failureClass: 'throttled',
  });

  expect(recipientsOf(running.server)).toEqual(toEach([...limited.emails.slice(0, 4), ...free.emails]));
  const states = (await notifications(database.dataSource, limited)).map(({ status, attempts }) => [status, attempts]);
  expect(states.slice(4)).toEqual([
    ['pending', 0],
    ['pending', 0],
  ]);
});
