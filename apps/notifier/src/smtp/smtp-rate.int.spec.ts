import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { done, type Outcome } from '#broker';
import { createTestDatabase, waitFor, type TestDatabase } from '#testing';
import { takeTokens, waitMs } from '#token-buckets';
import { deliveryOf, issuedChunk, notifier, recipientsOf, toEach, type Part } from '../notifier.fixture.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
});

const START_MS = Date.UTC(2026, 0, 1);

const at = (ms: number): Date => new Date(START_MS + ms);

const rates = fc.record({
  ratePerSecond: fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.constantFrom(0.001, 0.14, 0.5, 1 / 3, 2.7)),
  burst: fc.integer({ min: 1, max: 2_000 }),
});
/** Callers, each with the milliseconds since the previous one and the tokens that it wants. */
const takers = fc.array(
  fc.record({ afterMs: fc.integer({ min: 0, max: 20_000 }), wanted: fc.integer({ min: 1, max: 500 }) }),
  {
    minLength: 1,
    maxLength: 25,
  },
);

describe('a bucket', () => {
  test('a bucket never gives more than its burst plus its rate over any interval', async () => {
    await fc.assert(
      fc.asyncProperty(rates, takers, async (rate, asked) => {
        const name = randomUUID();
        const granted: { readonly atMs: number; readonly tokens: number }[] = [];
        let atMs = START_MS;
        for (const { afterMs, wanted } of asked) {
          atMs += afterMs;
          const taking = await takeTokens(database.dataSource.manager, { name, rate, wanted, at: new Date(atMs) });
          expect(taking.granted).toBeGreaterThanOrEqual(0);
          expect(taking.granted).toBeLessThanOrEqual(Math.min(wanted, rate.burst));
          expect(taking.left).toBeLessThan(rate.burst + 0.01);
          // It gives all that it has: afterwards less than one token is left, unless the caller wanted no more.
          expect(taking.granted === Math.min(wanted, rate.burst) || taking.left < 1).toBe(true);
          granted.push({ atMs, tokens: taking.granted });
        }
        for (const [from, { atMs: fromMs }] of granted.entries()) {
          let sum = 0;
          for (const { atMs: toMs, tokens } of granted.slice(from)) {
            sum += tokens;
            // Microseconds are rounded, so a millionth of a token is tolerated.
            expect(sum).toBeLessThanOrEqual(rate.burst + (rate.ratePerSecond * (toMs - fromMs + 0.002)) / 1_000 + 1e-6);
          }
        }
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  test('a bucket that gave nothing gives at least one token after the wait that it announced', async () => {
    await fc.assert(
      fc.asyncProperty(rates, fc.integer({ min: 1, max: 500 }), async (rate, wanted) => {
        const name = randomUUID();
        const { manager } = database.dataSource;
        const all = await takeTokens(manager, { name, rate, wanted: rate.burst, at: at(0) });
        expect(all.granted).toBe(rate.burst);
        const none = await takeTokens(manager, { name, rate, wanted, at: at(0) });
        expect(none.granted).toBe(0);
        const ms = waitMs(rate, none.left, wanted);
        expect((await takeTokens(manager, { name, rate, wanted, at: at(ms) })).granted).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  test('a bucket whose clock goes back gives no token twice and goes on at once', async () => {
    const { manager } = database.dataSource;
    const rate = { ratePerSecond: 1, burst: 10 };
    const name = randomUUID();
    await takeTokens(manager, { name, rate, wanted: 10, at: new Date(START_MS + 3_600_000) });
    expect((await takeTokens(manager, { name, rate, wanted: 10, at: new Date(START_MS) })).granted).toBe(0);
    expect((await takeTokens(manager, { name, rate, wanted: 10, at: new Date(START_MS + 3_000) })).granted).toBe(3);
  });

  test('a bucket that many callers ask at the same time gives its burst once', async () => {
    const { manager } = database.dataSource;
    const name = randomUUID();
    const takings = await Promise.all(
      Array.from({ length: 8 }, () =>
        takeTokens(manager, { name, rate: { ratePerSecond: 0.001, burst: 20 }, wanted: 7 }),
      ),
    );
    expect(takings.reduce((sum, { granted }) => sum + granted, 0)).toBe(20);
  });
});

describe('the limit of e-mails', () => {
  test('two processes together keep the rate limit of e-mails', async () => {
    const db = database.dataSource;
    await db.query('delete from token_buckets');
    const rate = { ratePerSecond: 40, burst: 10 };
    const first = await notifier(db, { rate });
    const { server } = first;
    const second = await notifier(db, { rate, server });
    const [one, two] = [await issuedChunk(db, 25), await issuedChunk(db, 20)];
    const arrivals: number[] = [];
    server.onMail = () => {
      arrivals.push(performance.now());
    };
    // A token is taken before its e-mail is sent, so the bound holds from here however slow the machine is.
    const startedAt = performance.now();
    const outcomes = await Promise.all([
      first.chunks.handle(deliveryOf(db, one.part)),
      second.chunks.handle(deliveryOf(db, two.part)),
    ]);
    expect(outcomes).toEqual([done, done]);
    expect(recipientsOf(server)).toEqual(toEach([...one.emails, ...two.emails]));
    for (const [before, arrival] of arrivals.entries()) {
      expect(before + 1).toBeLessThanOrEqual(rate.burst + (rate.ratePerSecond * (arrival - startedAt)) / 1_000);
    }
    // A slow machine may never reach the limit here. The next test shows that a wait is counted.
    for (const { metrics } of [first, second]) {
      expect(await metrics.metrics()).toMatch(/^billing_email_rate_waiting 0$/m);
    }
  }, 60_000);

  test('the rate limit makes a delivery wait without an attempt until it loses its message', async () => {
    const db = database.dataSource;
    await db.query('delete from token_buckets');
    const running = await notifier(db, { rate: { ratePerSecond: 0.001, burst: 1 } });
    const [one, two] = [await issuedChunk(db, 1), await issuedChunk(db, 1)];
    await running.chunks.handle(deliveryOf(db, one.part));
    const lost = new AbortController();
    const waiting = running.chunks.handle(deliveryOf(db, two.part, lost.signal)).catch((error: unknown) => error);
    await untilWaiting(running.metrics);
    lost.abort(new Error('the channel is gone'));
    expect(await waiting).toMatchObject({ message: 'the channel is gone' });
    expect(await attemptsOf(two.part)).toEqual([{ status: 'pending', attempts: 0 }]);
    const metrics = await running.metrics.metrics();
    expect(metrics).toMatch(/^billing_email_rate_waiting 0$/m);
    expect(Number(/^billing_email_rate_wait_seconds_total (\S+)$/m.exec(metrics)?.[1])).toBeGreaterThan(0);
  });

  test('the rate limit does not delay a stop', async () => {
    const db = database.dataSource;
    await db.query('delete from token_buckets');
    const running = await notifier(db, { rate: { ratePerSecond: 0.001, burst: 1 } });
    const [one, two] = [await issuedChunk(db, 1), await issuedChunk(db, 1)];
    const [boletoId = ''] = two.boletoIds;
    await running.chunks.handle(deliveryOf(db, one.part));
    const chunk = running.chunks.handle(deliveryOf(db, two.part));
    await untilWaiting(running.metrics);
    const message = { batchId: two.part.batchId, boletoId, kind: 'boleto_issued' } as const;
    const recipient = running.recipients.handle({ ...deliveryOf(db, two.part), message });
    await untilWaiting(running.metrics, 2);
    await running.rate.stop();
    const later: Partial<Outcome> = { kind: 'failed', failureClass: 'throttled' };
    expect(await chunk).toMatchObject(later);
    expect(await recipient).toMatchObject(later);
  });
});

async function untilWaiting(metrics: { metrics: () => Promise<string> }, count = 1): Promise<void> {
  await waitFor(async () => (await metrics.metrics()).includes(`billing_email_rate_waiting ${count.toString()}\n`), {
    describe: 'a delivery that waits',
  });
}

async function attemptsOf({ batchId }: Part): Promise<unknown> {
  return await database.dataSource.query('select status, attempts from notifications where batch_id = $1', [batchId]);
}
