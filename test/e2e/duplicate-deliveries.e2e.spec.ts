import { afterAll, beforeAll, expect, test } from 'vitest';
import { topology } from '#contracts';
import { BrokerCopies, deliverAgain, type CopiedMessage } from './broker-copies.ts';
import {
  countMails,
  downloadPdfs,
  getBatch,
  isSettled,
  mailFiles,
  messagesLeft,
  newIssuer,
  processed,
  upload,
} from './client.ts';
import { changed, debts, plainCsv } from './files.ts';
import { Harness } from './harness.ts';
import { finalState, unfinished } from './state.ts';

let harness: Harness;
let copies: BrokerCopies;

beforeAll(async () => {
  harness = await Harness.start();
  copies = await BrokerCopies.open(harness.vhost);
});

afterAll(async () => {
  await harness.stop();
});

const GOOD_ROWS = 80;

/** Several chunks; with duplicates, rejections, an e-mail that succeeds at the second try and one that never does. */
function troubledFile(prefix: string): string {
  const rows = changed(debts(GOOD_ROWS, prefix), (_, at) => {
    if (at === 10) return { email: `tempfail1+${prefix}@example.com` };
    return at === 50 ? { email: `permfail+${prefix}@example.com` } : {};
  });
  const repeated = rows.slice(0, 5);
  const conflicting = changed(rows.slice(5, 8), ({ centavos }) => ({ centavos: centavos + 1 }));
  const bad = changed(debts(4, `${prefix}-BAD`), () => ({ email: 'nobody' }));
  return plainCsv([...rows.slice(0, 60), ...repeated, ...bad, ...rows.slice(60), ...conflicting]);
}

const OUTCOME = {
  status: 'completed_with_rejections',
  rows: { read: 92, accepted: GOOD_ROWS, duplicate: 5, rejected: 7, dead: 0 },
  identityHolds: true,
  boletos: { issued: GOOD_ROWS },
  notifications: { pending: 0, sent: GOOD_ROWS - 1, failed: 1 },
} as const;

/** Every settled delivery so far, by message id. */
function deliveries(): ReadonlyMap<string, number> {
  const apps = ['file-splitter', 'chunk-validator', 'boleto-generator', 'notifier'] as const;
  const counts = new Map<string, number>();
  for (const line of apps.flatMap((app) => harness.logLines(app))) {
    if (line['event.action'] !== 'message.settled' || line.messageId === undefined) continue;
    counts.set(line.messageId, (counts.get(line.messageId) ?? 0) + 1);
  }
  return counts;
}

async function untilIdle(): Promise<void> {
  await harness.until(
    async () => {
      await copies.take();
      return (await messagesLeft(harness)) === 0 && (await unfinished(harness)) === 0;
    },
    { describe: 'an empty broker and outbox' },
  );
}

test('every message delivered twice more after the work, as itself and as a new one, changes nothing', async () => {
  await copies.take();
  const issuerId = await newIssuer(harness);
  const batch = await processed(harness, troubledFile('AFTER'), { issuerId });
  await downloadPdfs(harness, batch);
  await harness.until(async () => (await unfinished(harness)) === 0, { describe: 'an empty outbox' });
  const messages = await copies.take();
  expect(batch).toMatchObject(OUTCOME);
  const names = Object.values(topology.queues).map(({ consumes }) => consumes);
  expect([...new Set(messages.map(({ routingKey }) => routingKey))].toSorted()).toEqual(names.toSorted());
  const before = await finalState(harness, issuerId);
  expect(before.deadLetters).toEqual([]);
  const mailsBefore = mailFiles(harness).length;

  const seen = deliveries();
  const wanted: [id: string, times: number][] = [];
  for (const message of messages) {
    await deliverAgain(harness.vhost, message, 'same');
    wanted.push([message.messageId, (seen.get(message.messageId) ?? 0) + 1]);
    wanted.push([await deliverAgain(harness.vhost, message, 'fresh'), 1]);
  }
  await harness.until(
    () => {
      const now = deliveries();
      return wanted.every(([id, times]) => (now.get(id) ?? 0) >= times);
    },
    { describe: `${wanted.length.toString()} more deliveries` },
  );
  await untilIdle();

  expect(await finalState(harness, issuerId)).toEqual(before);
  expect(mailFiles(harness).length).toBe(mailsBefore);
});

test('every message delivered three times while the work goes on gives what one delivery gives', async () => {
  await copies.take();
  const issuerId = await newIssuer(harness);
  const { id } = await upload(harness, troubledFile('DURING'), { issuerId });
  const repeated: CopiedMessage[] = [];
  const repeatNew = async (): Promise<void> => {
    for (const message of await copies.take()) {
      repeated.push(message);
      await deliverAgain(harness.vhost, message, 'same');
      await deliverAgain(harness.vhost, message, 'fresh');
    }
  };

  const batch = await harness.until(
    async () => {
      await repeatNew();
      const now = await getBatch(harness, id);
      return isSettled(now) ? now : undefined;
    },
    { describe: 'the end of the batch' },
  );
  await untilIdle();

  expect(batch).toMatchObject(OUTCOME);
  expect(repeated.length).toBeGreaterThan(0);
  expect(countMails(harness, id)).toBe(GOOD_ROWS - 1);
  const state = await finalState(harness, issuerId);
  expect(state.deadLetters).toEqual([]);
  expect(state.chunkResults).toHaveLength(2 * state.chunks.length);
  expect(new Set(state.boletos.map(({ nosso_numero: number }) => number)).size).toBe(GOOD_ROWS);
});
