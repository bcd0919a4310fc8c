import { randomUUID } from 'node:crypto';
import PostalMime from 'postal-mime';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { done, type AnyHandler, type Delivery, type Outcome } from '#broker';
import { createTestDatabase, testBroker, waitFor, type TestBroker, type TestDatabase } from '#testing';
import { boletoMessageId } from './boletos/boleto-message-id.ts';
import * as fixture from './notifier.fixture.ts';
import { recipientsOf, toEach, type Given, type Notifier, type Part, type Row } from './notifier.fixture.ts';
import type { MailServer } from './smtp/mail-server.fixture.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
});

/** A test without a relay leaves its messages in the outbox. */
afterEach(async () => {
  await database.dataSource.query('delete from outbox');
});

const issuedChunk = async (count: number, status?: 'processing' | 'cancelled'): Promise<Given> =>
  await fixture.issuedChunk(database.dataSource, count, status);

const notifier = async (): Promise<Notifier> => await fixture.notifier(database.dataSource);

const notifications = async (given: Given): Promise<readonly Row[]> =>
  await fixture.notifications(database.dataSource, given);

const deliveryOf = (part: Part, signal?: AbortSignal): Delivery<'notifier.chunks'> =>
  fixture.deliveryOf(database.dataSource, part, signal);

/** Runs the handlers on a broker. `outcomes`: those of the chunk handler, in order. */
async function onBroker({ chunks, recipients }: Notifier): Promise<{ broker: TestBroker; outcomes: Outcome[] }> {
  const outcomes: Outcome[] = [];
  const watched: AnyHandler = {
    queues: chunks.queues,
    handle: async (delivery: Delivery<'notifier.chunks'>) => {
      const outcome = await chunks.handle(delivery);
      outcomes.push(outcome);
      return outcome;
    },
  };
  return { broker: await testBroker(database.dataSource, [watched, recipients]), outcomes };
}

async function untilFinal(given: Given, count = given.emails.length): Promise<readonly Row[]> {
  return await waitFor(
    async () => {
      const rows = await notifications(given);
      return rows.length === count && rows.every(({ status }) => status !== 'pending') ? rows : undefined;
    },
    { describe: 'an outcome for every e-mail' },
  );
}

const messageIdOf = (boletoId: string) =>
  boletoMessageId(
    { boletoId, kind: 'boleto_issued' },
    { secret: 'the secret of the Message-IDs of these tests', domain: 'mail.example.com' },
  );

describe('a chunk', () => {
  test('a chunk gives every debtor one e-mail with a readable PDF', async () => {
    const running = await notifier();
    const { broker } = await onBroker(running);
    const given = await issuedChunk(35);
    await broker.send('chunk.issued.v1', given.part);
    const rows = await untilFinal(given);

    expect(recipientsOf(running.server)).toEqual(toEach(given.emails));
    for (const { to, raw } of running.server.mails) {
      const mail = await PostalMime.parse(raw);
      const [attachment] = mail.attachments;
      expect(mail.attachments).toHaveLength(1);
      expect(attachment?.mimeType).toBe('application/pdf');
      expect(Buffer.from(attachment?.content as ArrayBuffer).toString('latin1')).toMatch(/^%PDF-1\.\d[^]*%%EOF\s*$/);
      expect(mail.to).toMatchObject([{ address: to }]);
      expect(mail.messageId).toBe(messageIdOf(given.boletoIds[given.emails.indexOf(to)] ?? ''));
      const text = raw.toString('latin1');
      // The debt's id belongs to the uploader and the debtor. Here it contains the batch id.
      expect(text).not.toMatch(/x-batch-id/i);
      for (const id of given.boletoIds) expect(text).not.toContain(id);
    }
    expect(rows).toEqual(
      given.boletoIds.map((boletoId, at) => ({
        boletoId,
        recipient: given.emails[at],
        status: 'sent',
        attempts: 1,
        messageId: messageIdOf(boletoId),
        lastError: null,
      })),
    );
    expect(await running.metrics.metrics()).toContain('billing_email_send_total{outcome="delivered"} 35');
  });

  test('a redelivered chunk sends nothing new', async () => {
    const running = await notifier();
    const { broker, outcomes } = await onBroker(running);
    const given = await issuedChunk(3);
    for (let delivery = 1; delivery <= 3; delivery += 1) {
      await broker.send('chunk.issued.v1', given.part);
      await waitFor(() => outcomes.length === delivery, { describe: 'the chunk to be handled' });
    }
    expect(outcomes).toEqual([done, done, done]);
    expect(recipientsOf(running.server)).toEqual(toEach(given.emails));
  });

  test('a chunk handled twice at once gives each refused recipient one message', async () => {
    const running = await notifier();
    const given = await issuedChunk(3);
    const [greylisted = ''] = given.emails;
    running.server.answer(greylisted, 451, 451, 451);
    await Promise.all([running.chunks.handle(deliveryOf(given.part)), running.chunks.handle(deliveryOf(given.part))]);
    const asked = running.server.asked.length;
    expect(await running.chunks.handle(deliveryOf(given.part))).toEqual(done);
    expect(running.server.asked).toHaveLength(asked);
    // Either run may hold each e-mail. A run that ends first announces the e-mails of the other run again.
    expect(await database.dataSource.query(`select name, body from outbox where name = 'notification.due.v1'`)).toEqual(
      [
        {
          name: 'notification.due.v1',
          body: { batchId: given.part.batchId, boletoId: given.boletoIds[0], kind: 'boleto_issued' },
        },
      ],
    );
    expect((await notifications(given)).map(({ status, attempts }) => [status, attempts])).toEqual([
      ['pending', 1],
      ['sent', 1],
      ['sent', 1],
    ]);
  });

  test('a chunk covers the boletos of its own lines only', async () => {
    const running = await notifier();
    const given = await issuedChunk(5);
    await running.chunks.handle(deliveryOf({ ...given.part, fromLine: 3, toLine: 4 }));
    expect(recipientsOf(running.server)).toEqual(toEach(given.emails.slice(1, 3)));
    expect(await notifications(given)).toHaveLength(2);
  });

  test('a chunk of a cancelled batch is mailed, because its boletos can be paid', async () => {
    const running = await notifier();
    const given = await issuedChunk(2, 'cancelled');
    expect(await running.chunks.handle(deliveryOf(given.part))).toEqual(done);
    expect(recipientsOf(running.server)).toEqual(toEach(given.emails));
  });

  test('a crash between sending and recording repeats only the unrecorded e-mails', async () => {
    const running = await notifier();
    const given = await issuedChunk(40);
    const [eleventh = ''] = given.boletoIds.slice(10);
    await database.dataSource.query(
      `create function fail_on_the_second_group() returns trigger language plpgsql as $$
       begin
         raise exception 'crash';
       end $$;
       create trigger crash before update of status on notifications for each row
         when (new.boleto_id = '${eleventh}') execute function fail_on_the_second_group()`,
    );
    onTestFinished(async () => {
      await database.dataSource.query('drop function if exists fail_on_the_second_group() cascade');
    });
    await expect(running.chunks.handle(deliveryOf(given.part))).rejects.toThrow('crash');
    await database.dataSource.query('drop function fail_on_the_second_group() cascade');
    expect((await notifications(given)).filter(({ status }) => status === 'sent')).toHaveLength(10);
    const sentOnce = running.server.mails.length;
    await fixture.abandonClaims(database.dataSource, given);

    expect(await running.chunks.handle(deliveryOf(given.part))).toEqual(done);
    const copies = running.server.mails.length - 40;
    expect(copies).toBe(sentOnce - 10);
    expect(new Set(recipientsOf(running.server))).toEqual(new Set(given.emails));
    expect((await notifications(given)).every(({ status }) => status === 'sent')).toBe(true);
  });

  test('a chunk whose message was lost stops sending and keeps what it has sent', async () => {
    const running = await notifier();
    const given = await issuedChunk(40);
    const lost = new AbortController();
    running.server.onMail = () => {
      if (running.server.mails.length === 25) lost.abort(new Error('the channel is gone'));
    };
    await expect(running.chunks.handle(deliveryOf(given.part, lost.signal))).rejects.toThrow('the channel is gone');
    expect(running.server.mails.length).toBeLessThan(30);

    expect(await running.chunks.handle(deliveryOf(given.part))).toEqual(done);
    expect(recipientsOf(running.server)).toEqual(toEach(given.emails));
  });

  test('a chunk with one boleto that cannot be printed mails all the others', async () => {
    const running = await notifier();
    const { broker } = await onBroker(running);
    const given = await issuedChunk(9);
    const [spoilt] = given.boletoIds;
    await database.dataSource.query(`update boletos set codigo_barras = repeat('1', 44) where id = $1`, [spoilt]);
    await broker.send('chunk.issued.v1', given.part);
    await waitFor(() => broker.deadLetters.length === 1, { describe: 'a dead letter' });

    expect(recipientsOf(running.server)).toEqual(toEach(given.emails.slice(1)));
    expect(broker.deadLetters[0]).toMatchObject({ queue: 'notifier.recipients' });
    expect(JSON.parse(broker.deadLetters[0]?.body.toString() ?? '')).toMatchObject({ boletoId: spoilt });
    const [row, ...others] = await notifications(given);
    expect(row).toMatchObject({ status: 'pending', attempts: 4, messageId: null, lastError: { class: 'unknown' } });
    expect(others.every(({ status }) => status === 'sent')).toBe(true);
  });
});

describe('a recipient', () => {
  test.each([
    ['at RCPT TO', [451, 450] as const],
    ['after DATA', [{ afterData: 451 }, { afterData: 450 }] as const],
  ])('a recipient refused for now %s is tried again, alone', async (_, answers) => {
    const running = await notifier();
    const { broker, outcomes } = await onBroker(running);
    const given = await issuedChunk(5);
    const [, greylisted = ''] = given.emails;
    running.server.answer(greylisted, ...answers);
    await broker.send('chunk.issued.v1', given.part);
    const rows = await untilFinal(given);

    expect(outcomes).toEqual([done]);
    expect(recipientsOf(running.server)).toEqual(toEach(given.emails));
    expect(running.server.asked.filter((email) => email === greylisted)).toHaveLength(3);
    expect(rows.map(({ status }) => status)).toEqual(['sent', 'sent', 'sent', 'sent', 'sent']);
    expect(rows.map(({ attempts }) => attempts)).toEqual([1, 3, 1, 1, 1]);
    expect(rows[1]).toMatchObject({
      messageId: messageIdOf(given.boletoIds[1] ?? ''),
      lastError: { class: 'transient' },
    });
    const mail = await PostalMime.parse(running.server.mails.find(({ to }) => to === greylisted)?.raw ?? '');
    expect(mail.messageId).toBe(rows[1]?.messageId);
  });

  test('a recipient refused for ever is recorded and never tried again', async () => {
    const running = await notifier();
    const { broker } = await onBroker(running);
    const given = await issuedChunk(4);
    const [unknown = '', spam = ''] = given.emails;
    running.server.answer(unknown, 550, 550, 550);
    running.server.answer(spam, { afterData: 554 });
    await broker.send('chunk.issued.v1', given.part);
    const rows = await untilFinal(given);

    expect(rows.map(({ status }) => status)).toEqual(['failed', 'failed', 'sent', 'sent']);
    expect(rows[0]).toMatchObject({ attempts: 1, lastError: { class: 'permanent', code: '550' } });
    expect(rows[1]).toMatchObject({ attempts: 1, lastError: { class: 'permanent', code: '554' } });
    expect(rows[0]?.lastError?.message).toContain('<[email]@example.com> not now, or never');
    expect(await database.dataSource.query('select * from outbox')).toEqual([]);

    const [boletoId = ''] = given.boletoIds;
    const message = { batchId: given.part.batchId, boletoId, kind: 'boleto_issued' } as const;
    expect(await running.recipients.handle({ ...deliveryOf(given.part), message })).toEqual(done);
    await running.chunks.handle(deliveryOf(given.part));
    expect(running.server.asked.toSorted()).toEqual(toEach(given.emails));
  });

  test('a recipient refused for now at every attempt ends in the dead letters', async () => {
    const running = await notifier();
    const { broker } = await onBroker(running);
    const given = await issuedChunk(2);
    const [full = ''] = given.emails;
    running.server.answer(full, 452, 452, 452, 452);
    await broker.send('chunk.issued.v1', given.part);
    await waitFor(() => broker.deadLetters.length === 1, { describe: 'a dead letter' });
    expect(broker.deadLetters[0]).toMatchObject({
      queue: 'notifier.recipients',
      attempts: 3,
      reason: expect.stringMatching(/^gave up after 3 attempts: 452: .*\[email\]@example\.com/),
    });
    expect((await notifications(given)).map(({ attempts }) => attempts)).toEqual([4, 1]);
  });

  test('a connection dropped after DATA repeats the e-mail with the same Message-ID', async () => {
    const running = await notifier();
    const { broker, outcomes } = await onBroker(running);
    const given = await issuedChunk(6);
    const [, , dropped = ''] = given.emails;
    running.server.answer(dropped, 'drop after DATA');
    await broker.send('chunk.issued.v1', given.part);
    const rows = await untilFinal(given);

    expect(outcomes).toEqual([done]);
    expect(recipientsOf(running.server)).toEqual([...toEach(given.emails), dropped].toSorted());
    const copies = running.server.mails.filter(({ to }) => to === dropped);
    const ids = await Promise.all(copies.map(async ({ raw }) => (await PostalMime.parse(raw)).messageId));
    expect(ids).toEqual([rows[2]?.messageId, rows[2]?.messageId]);
    expect(rows.map(({ attempts }) => attempts)).toEqual([1, 1, 2, 1, 1, 1]);
  });

  test('an e-mail first tried with the former Message-ID keeps it (F8)', async () => {
    const running = await notifier();
    const { recipients, server } = running;
    const given = await issuedChunk(1);
    const [boletoId = ''] = given.boletoIds;
    const earlier = `<${boletoId}.boleto_issued@mail.example.com>`;
    await database.dataSource.query(
      `insert into notifications (boleto_id, kind, batch_id, recipient, status, attempts, message_id)
       values ($1, 'boleto_issued', $2, $3, 'pending', 1, $4)`,
      [boletoId, given.part.batchId, given.emails[0], earlier],
    );

    const message = { batchId: given.part.batchId, boletoId, kind: 'boleto_issued' } as const;
    expect(await recipients.handle({ ...deliveryOf(given.part), message })).toEqual(done);

    const [mail] = await Promise.all(server.mails.map(async ({ raw }) => await PostalMime.parse(raw)));
    expect(mail?.messageId).toBe(earlier);
    expect(await notifications(given)).toMatchObject([{ status: 'sent', messageId: earlier }]);
  });

  test('a message about an unknown recipient is rejected', async () => {
    const { recipients } = await notifier();
    const message = { batchId: randomUUID(), boletoId: randomUUID(), kind: 'boleto_issued' } as const;
    const { part } = await issuedChunk(0);
    expect(await recipients.handle({ ...deliveryOf(part), message })).toMatchObject({
      kind: 'failed',
      failureClass: 'permanent',
    });
  });
});

describe('a mail server', () => {
  const failures: readonly [string, (server: MailServer) => Promise<void>, (server: MailServer) => Promise<void>][] = [
    [
      'is down',
      async (server) => {
        await server.stop();
      },
      async (server) => {
        await server.start();
      },
    ],
    [
      'refuses our login',
      async (server) => {
        server.password = 'another';
        await Promise.resolve();
      },
      async (server) => {
        server.password = 'secret';
        await Promise.resolve();
      },
    ],
  ];

  test.each(failures)(
    'a mail server that %s fails nothing: the chunk waits and is delivered',
    async (_, breakDown, repair) => {
      const running = await notifier();
      const { broker, outcomes } = await onBroker(running);
      const given = await issuedChunk(30);
      await breakDown(running.server);
      await broker.send('chunk.issued.v1', given.part);
      // More deliveries than the retry ladder has steps, and still no attempt is spent.
      await waitFor(() => outcomes.length > 4, { describe: 'the chunk to come back again and again' });
      expect(outcomes.every((outcome) => outcome.kind === 'failed' && outcome.failureClass === 'unavailable')).toBe(
        true,
      );
      expect(
        new Set((await notifications(given)).map(({ status, attempts }) => `${status} ${attempts.toString()}`)),
      ).toEqual(new Set(['pending 0']));
      expect(await database.dataSource.query('select * from outbox')).toEqual([]);

      await repair(running.server);
      await untilFinal(given);
      expect(recipientsOf(running.server)).toEqual(toEach(given.emails));
      expect(broker.deadLetters).toEqual([]);
    },
  );

  test('a mail server that is down during one retry spends no attempt', async () => {
    const { server, chunks, recipients } = await notifier();
    const given = await issuedChunk(2);
    const [first = ''] = given.emails;
    server.answer(first, 451);
    await chunks.handle(deliveryOf(given.part));
    const [boletoId = ''] = given.boletoIds;
    const message = { batchId: given.part.batchId, boletoId, kind: 'boleto_issued' } as const;
    const due = { ...deliveryOf(given.part), message };

    await server.stop();
    expect(await recipients.handle(due)).toMatchObject({ kind: 'failed', failureClass: 'unavailable' });
    expect(await notifications(given)).toMatchObject([{ status: 'pending', attempts: 1 }, { status: 'sent' }]);

    await server.start();
    expect(await recipients.handle(due)).toEqual(done);
    expect(await notifications(given)).toMatchObject([{ status: 'sent', attempts: 2 }, { status: 'sent' }]);
    expect(recipientsOf(server)).toEqual(toEach(given.emails));
  });
});
