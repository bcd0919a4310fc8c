import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { done, type Outcome } from '#broker';
import { withTransaction } from '#database';
import { createTestDatabase, testBroker, waitFor, type TestDatabase } from '#testing';
import { Claims } from '../claims/claims.ts';
import { recordAttempts } from '../claims/notifications.queries.ts';
import {
  abandonClaims,
  deliveryOf,
  issuedChunk,
  notifications,
  notifier,
  recipientsOf,
  toEach,
  type Given,
  type Part,
} from '../notifier.fixture.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
});

async function outbox(): Promise<readonly Part[]> {
  const rows: { body: Part }[] = await database.dataSource.query(
    `select body from outbox where name = 'chunk.issued.v1' order by id`,
  );
  await database.dataSource.query('delete from outbox');
  return rows.map(({ body }) => body);
}

const LATER = expect.objectContaining({ kind: 'failed', failureClass: 'throttled' }) as Outcome;

/** Handles the delivery and every delivery of a part that follows from it. Returns their number. */
async function handleAll(given: Given, handle: (part: Part) => Promise<Outcome>): Promise<number> {
  let deliveries = 0;
  for (let parts: readonly Part[] = [given.part]; parts.length > 0; parts = await outbox()) {
    for (const part of parts) {
      expect(await handle(part)).toEqual(done);
      deliveries += 1;
    }
  }
  return deliveries;
}

test('a long part is mailed slice by slice, with the rest as a new message', async () => {
  const db = database.dataSource;
  const { chunks, server } = await notifier(db);
  const given = await issuedChunk(db, 90);
  expect(await chunks.handle(deliveryOf(db, given.part))).toEqual(done);
  expect(recipientsOf(server)).toEqual(toEach(given.emails.slice(0, 40)));
  const rest = await outbox();
  expect(rest).toEqual([{ ...given.part, fromLine: 42 }]);

  expect(
    await handleAll({ ...given, part: rest[0] ?? given.part }, (part) => chunks.handle(deliveryOf(db, part))),
  ).toBe(2);
  expect(recipientsOf(server)).toEqual(toEach(given.emails));
});

test('a repeated slice goes on with the rest of its part and not beyond the part', async () => {
  const db = database.dataSource;
  const { chunks, server } = await notifier(db);
  const given = await issuedChunk(db, 50);
  const part = { ...given.part, toLine: 45 };
  await chunks.handle(deliveryOf(db, part));
  expect(await outbox()).toEqual([{ ...part, fromLine: 42 }]);
  // The same message again: its process died after the commit.
  await chunks.handle(deliveryOf(db, part));
  expect(await outbox()).toEqual([{ ...part, fromLine: 42 }]);
  await chunks.handle(deliveryOf(db, { ...part, fromLine: 42 }));
  expect(await outbox()).toEqual([]);
  expect(recipientsOf(server)).toEqual(toEach(given.emails.slice(0, 44)));
});

test('a long and a short part send each e-mail once through a broker', async () => {
  const db = database.dataSource;
  const { chunks, recipients, server } = await notifier(db);
  const broker = await testBroker(db, [chunks, recipients]);
  const [long, short] = [await issuedChunk(db, 130), await issuedChunk(db, 5)];
  await broker.send('chunk.issued.v1', long.part);
  await broker.send('chunk.issued.v1', short.part);
  const emails = [...long.emails, ...short.emails];
  await waitFor(() => server.mails.length >= emails.length, { describe: 'all e-mails' });
  expect(recipientsOf(server)).toEqual(toEach(emails));
});

test('deliveries of one part that run at the same time send each e-mail once', async () => {
  const db = database.dataSource;
  const first = await notifier(db);
  const others = await Promise.all([1, 2].map(() => notifier(db, { server: first.server })));
  const given = await issuedChunk(db, 38);
  const outcomes = await Promise.all(
    [first, ...others].map(async ({ chunks }) => await chunks.handle(deliveryOf(db, given.part))),
  );
  expect(recipientsOf(first.server)).toEqual(toEach(given.emails));
  expect(outcomes.every(({ kind }) => kind === 'done' || kind === 'failed')).toBe(true);
  // A delivery that only waited comes back and finds the work done. A delivery that sent some leaves the rest as a
  // message.
  for (const part of [given.part, ...(await outbox())])
    expect(await first.chunks.handle(deliveryOf(db, part))).toEqual(done);
  expect(recipientsOf(first.server)).toEqual(toEach(given.emails));
  expect((await notifications(db, given)).every(({ status, attempts }) => status === 'sent' && attempts === 1)).toBe(
    true,
  );
});

test('e-mails claimed by another delivery are not sent, and the message waits for their outcome', async () => {
  const db = database.dataSource;
  const { chunks, server } = await notifier(db);
  const given = await issuedChunk(db, 6);
  const other = new Claims(db, 'boleto_issued');
  onTestFinished(async () => {
    await other.end();
  });
  await db.query(
    `insert into notifications (boleto_id, kind, batch_id, recipient, status)
     select unnest($1::uuid[]), 'boleto_issued', $2, 'x@example.com', 'pending'`,
    [given.boletoIds, given.part.batchId],
  );
  expect(await other.claim(given.boletoIds.slice(2, 4))).toEqual(given.boletoIds.slice(2, 4));

  // The sent e-mails are skipped. The e-mails of the other delivery are the rest.
  expect(await chunks.handle(deliveryOf(db, given.part))).toEqual(done);
  const [rest] = await outbox();
  expect(rest).toEqual({ ...given.part, fromLine: 4 });
  expect(await chunks.handle(deliveryOf(db, rest ?? given.part))).toEqual(LATER);
  expect(server.mails).toHaveLength(4);

  await abandonClaims(db, given);
  expect(await chunks.handle(deliveryOf(db, rest ?? given.part))).toEqual(done);
  expect(recipientsOf(server)).toEqual(toEach(given.emails));
});

test('an e-mail that two deliveries retry at once is sent once', async () => {
  const db = database.dataSource;
  const { chunks, recipients, server } = await notifier(db);
  const given = await issuedChunk(db, 1);
  const [email = '', [boletoId = '']] = [given.emails[0], given.boletoIds];
  server.answer(email, 451);
  await chunks.handle(deliveryOf(db, given.part));
  const message = { batchId: given.part.batchId, boletoId, kind: 'boleto_issued' } as const;
  const due = () => recipients.handle({ ...deliveryOf(db, given.part), messageId: randomUUID(), message });
  const outcomes = await Promise.all([due(), due(), due()]);
  expect(outcomes).toContainEqual(done);
  expect(server.mails).toHaveLength(1);
  expect(await due()).toEqual(done);
  expect(server.mails).toHaveLength(1);
});

test('a stopping process leaves the e-mails that it has not started to other processes', async () => {
  const db = database.dataSource;
  const [stopped, other] = [await notifier(db), await notifier(db)];
  const given = await issuedChunk(db, 40);
  stopped.server.onMail = () => {
    if (stopped.server.mails.length === 12) void stopped.rate.stop();
  };
  expect(await stopped.chunks.handle(deliveryOf(db, given.part))).toEqual(done);
  const sent = stopped.server.mails.length;
  expect(sent).toBeLessThan(20);
  const [rest] = await outbox();
  expect(rest).toBeDefined();
  expect(await stopped.chunks.handle(deliveryOf(db, rest ?? given.part))).toEqual(LATER);

  expect(await other.chunks.handle(deliveryOf(db, rest ?? given.part))).toEqual(done);
  expect([...recipientsOf(stopped.server), ...recipientsOf(other.server)].toSorted()).toEqual(toEach(given.emails));
});

test('claims last as long as their process extends them, and end once they were lost', async () => {
  const db = database.dataSource;
  const given = await issuedChunk(db, 2);
  const [chunk] = [await notifier(db)];
  await chunk.chunks.handle(deliveryOf(db, { ...given.part, fromLine: 9, toLine: 9 }));
  await db.query(
    `insert into notifications (boleto_id, kind, batch_id, recipient, status)
     select unnest($1::uuid[]), 'boleto_issued', $2, 'x@example.com', 'pending'`,
    [given.boletoIds, given.part.batchId],
  );
  const claims = new Claims(db, 'boleto_issued', 900);
  onTestFinished(async () => {
    await claims.end();
  });
  await claims.claim(given.boletoIds);
  const until = async () => {
    const rows: { until: Date }[] = await db.query(
      'select claimed_until as until from notifications where batch_id = $1 limit 1',
      [given.part.batchId],
    );
    return rows[0]?.until.getTime() ?? 0;
  };
  const first = await until();
  await waitFor(async () => (await until()) > first, { describe: 'the claims to be extended' });

  await db.query('update notifications set claimed_by = gen_random_uuid() where boleto_id = $1', [given.boletoIds[0]]);
  await waitFor(() => !claims.areValid, { describe: 'the loss to be seen' });
});

test('a delivered e-mail counts even if its message was declared dead; a refused one stays failed', async () => {
  const db = database.dataSource;
  const given = await issuedChunk(db, 3);
  const [dead = '', refused = '', again = ''] = given.boletoIds;
  await db.query(
    `insert into notifications (boleto_id, kind, batch_id, recipient, status, last_error)
     select id, 'boleto_issued', $2, 'x@example.com', 'failed', jsonb_build_object('class', class, 'code', 'X', 'message', 'x')
     from unnest($1::uuid[], $3::text[]) as t (id, class)`,
    [given.boletoIds, given.part.batchId, ['dead', 'permanent', 'dead']],
  );
  const sent = { messageId: `<${randomUUID()}@example.com>`, outcome: { kind: 'delivered' } } as const;
  const failed = { kind: 'transient', code: 'Y', message: 'y' } as const;
  const tryAgain = await withTransaction(
    db,
    async (tx) =>
      await recordAttempts(
        tx,
        'boleto_issued',
        [
          { boletoId: dead, ...sent },
          { boletoId: refused, messageId: `<${randomUUID()}@example.com>`, outcome: sent.outcome },
          { boletoId: again, messageId: null, outcome: failed },
        ],
        0,
      ),
  );
  expect(tryAgain).toEqual([]);
  const rows: { boleto_id: string; status: string }[] = await db.query(
    'select boleto_id, status from notifications where batch_id = $1',
    [given.part.batchId],
  );
  expect(new Map(rows.map(({ boleto_id, status }) => [boleto_id, status]))).toEqual(
    new Map([
      [dead, 'sent'],
      [refused, 'failed'],
      [again, 'failed'],
    ]),
  );
});
