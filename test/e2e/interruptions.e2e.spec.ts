import { afterAll, beforeAll, expect, test } from 'vitest';
import { appNames, type AppName } from '../../scripts/lib/system/system.mjs';
import { getBatch, mailFiles, messagesLeft, newIssuer, processed, settled, upload, type Batch } from './client.ts';
import { debts, plainCsv } from './files.ts';
import { Forwarder } from './forwarder.ts';
import { Harness, WORKERS, type LogLine } from './harness.ts';
import { finalState, unfinished } from './state.ts';

/** Enough to see that a failed attempt is followed by another, from a process that is still the same. */
const ATTEMPTS_SEEN = 2;
const ROWS = 900;

let harness: Harness;
let database: Forwarder;
let broker: Forwarder;

beforeAll(async () => {
  harness = await Harness.create({
    reroute: async ({ databaseUrl, rabbitmqUrl }) => {
      [database, broker] = await Promise.all([Forwarder.to(databaseUrl), Forwarder.to(rabbitmqUrl)]);
      return { databaseUrl: database.url, rabbitmqUrl: broker.url };
    },
  });
});

afterAll(async () => {
  await harness.stop();
  await Promise.all([database.close(), broker.close()]);
});

async function health(app: AppName, probe: 'live' | 'ready'): Promise<number | undefined> {
  const response = await fetch(`${harness.system.managementUrls[app]}/health/${probe}`).catch(() => undefined);
  return response?.status;
}

/** The gateway only forwards: it needs neither a database nor a broker. */
function needsDatabase(app: AppName): boolean {
  return app !== 'gateway';
}

function isWorker(app: AppName): boolean {
  return WORKERS.some((worker) => worker === app);
}

/** Waits until the given apps are ready (200) or not (503). */
async function untilHealth(isMeant: (app: AppName) => boolean, status: number): Promise<void> {
  for (const app of appNames.filter(isMeant)) {
    await harness.until(async () => (await health(app, 'ready')) === status, {
      describe: `${app} to answer ${status.toString()}`,
    });
  }
}

async function healthOfAll(probe: 'live' | 'ready'): Promise<readonly (number | undefined)[]> {
  return await Promise.all(appNames.map(async (app) => await health(app, probe)));
}

function attempts(app: AppName, event: string): readonly LogLine[] {
  return harness.logLines(app).filter((line) => line['event.action'] === event);
}

test('apps started before database and broker wait for both, not ready, and then work', async () => {
  await harness.system.startMailSink();
  harness.launch();
  const waiting = appNames.filter(needsDatabase);
  await harness.until(() => waiting.every((app) => attempts(app, 'database.waiting').length >= ATTEMPTS_SEEN), {
    describe: 'two attempts of every app at the database',
  });
  expect(await healthOfAll('live')).toEqual(appNames.map(() => 200));
  expect(await healthOfAll('ready')).toEqual(appNames.map((app) => (needsDatabase(app) ? 503 : 200)));

  await database.open();
  await harness.until(() => WORKERS.every((app) => attempts(app, 'broker.connect_failed').length >= ATTEMPTS_SEEN), {
    describe: 'two attempts of every worker at the broker',
  });
  await untilHealth((app) => !isWorker(app), 200);
  expect(await healthOfAll('ready')).toEqual(appNames.map((app) => (isWorker(app) ? 503 : 200)));

  // The APIs need no broker: a file is accepted while the broker is away, and its message waits in the outbox.
  const issuerId = await newIssuer(harness);
  const { id } = await upload(harness, plainCsv(debts(40, 'EARLY')), { issuerId });
  expect(await unfinished(harness)).toBe(1);

  await broker.open();
  await harness.system.ready();
  expect(await healthOfAll('ready')).toEqual(appNames.map(() => 200));
  expect(await settled(harness, id)).toMatchObject({
    status: 'completed',
    rows: { read: 40, accepted: 40 },
    notifications: { pending: 0, sent: 40, failed: 0 },
  });
});

test('apps wait for a database and a broker that go away during the work, and lose nothing', async () => {
  const issuerId = await newIssuer(harness);
  const { id } = await upload(harness, plainCsv(debts(ROWS, 'CUT')), { issuerId });
  await reached(id, ({ boletos }) => boletos.issued > 0);
  await broker.close();
  await untilHealth(isWorker, 503);
  await broker.open();
  await harness.system.ready();
  await reached(id, ({ notifications }) => notifications.sent > 0);
  await database.close();
  await untilHealth(needsDatabase, 503);
  await database.open();
  await harness.system.ready();

  await expectAllDone(id, issuerId);
});

/** Waits until a running batch has come so far. */
async function reached(id: string, isThere: (batch: Batch) => boolean): Promise<void> {
  await harness.until(async () => isThere(await getBatch(harness, id)), { describe: 'progress' });
}

/** Checks that every row has one boleto and one e-mail, that the numbers have no gap, and that no message is left. */
async function expectAllDone(id: string, issuerId: string): Promise<void> {
  expect(await settled(harness, id)).toMatchObject({
    status: 'completed',
    rows: { read: ROWS, accepted: ROWS, duplicate: 0, rejected: 0, dead: 0 },
    identityHolds: true,
    boletos: { issued: ROWS },
    notifications: { pending: 0, sent: ROWS, failed: 0 },
  });
  await harness.until(async () => (await messagesLeft(harness)) === 0 && (await unfinished(harness)) === 0, {
    describe: 'an empty broker and outbox',
  });
  const state = await finalState(harness, issuerId);
  expect(state.deadLetters).toEqual([]);
  expect(state.debts).toHaveLength(ROWS);
  const numbers = state.boletos.map((boleto) => Number(boleto['nosso_numero'])).toSorted((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: ROWS }, (_, at) => at + 1));
  expect(new Set((await mailFiles(harness, id)).map((mail) => mail.id)).size).toBe(ROWS);
}

test('workers stopped during the work leave it in order for their successors', async () => {
  const issuerId = await newIssuer(harness);
  const { id } = await upload(harness, plainCsv(debts(ROWS, 'STOP')), { issuerId });
  const moments: readonly (() => Promise<boolean>)[] = [
    () => Promise.resolve(true),
    async () => (await getBatch(harness, id)).rows.accepted > 0,
    async () => (await getBatch(harness, id)).boletos.issued > 0,
    async () => (await mailFiles(harness, id)).length > 0,
  ];
  for (const moment of moments) {
    await harness.until(moment, { describe: 'progress' });
    expect(await harness.stopApps(WORKERS)).toEqual(WORKERS.map(() => 0));
    expect((await mailFiles(harness, id)).length).toBeLessThan(ROWS); // it was in the middle of the work
    await harness.startApps(WORKERS);
  }

  await expectAllDone(id, issuerId);
  // Told to stop, the notifier finishes and records the e-mails in hand: not even a repeat is sent.
  expect(await mailFiles(harness, id)).toHaveLength(ROWS);
  expect(await processed(harness, plainCsv(debts(1, 'LAST')), { issuerId })).toMatchObject({ status: 'completed' });
});
