import { afterAll, beforeAll, expect, test } from 'vitest';
import { topology } from '#contracts';
import { BrokerCopies, deliverAgain, type CopiedMessage } from './broker-copies.ts';
import { countMails, downloadPdfs, getBatch, isSettled, mailFiles, newIssuer, processed, upload } from './client.ts';
import { changed, debts, plainCsv, type Debt } from './files.ts';
import { Harness, type LogLine } from './harness.ts';
import { finalState, unfinished } from './state.ts';

let harness: Harness;
let copies: BrokerCopies;

beforeAll(async () => {
  // The ladder has few rungs, because a row that breaks its chunk climbs them once for each halving.
  harness = await Harness.start({ environment: { RETRY_DELAYS_MS: '50,100' } });
  await harness.database.dataSource.query(GUILTY_ROWS);
  copies = await BrokerCopies.open(harness.vhost);
});

afterAll(async () => {
  await harness.stop();
});

const GOOD_ROWS = 80;

/** Two debts at which the database fails with an unknown error, one at each stage. */
const GUILTY_ROWS = `
  create function refuse_debt() returns trigger language plpgsql as $$
    begin raise exception 'planted: a debt that cannot be stored'; end $$;
  create trigger refuse_debt before insert on debts for each row when (new.debt_id = 'GUILTY-00000')
    execute function refuse_debt();
  create function refuse_boleto() returns trigger language plpgsql as $$
    begin
      if (select debt_id from debts where id = new.debt_id) = 'GUILTY-00001' then
        raise exception 'planted: a boleto that cannot be stored';
      end if;
      return new;
    end $$;
  create trigger refuse_boleto before insert on boletos for each row execute function refuse_boleto();
`;

/** Several chunks; with duplicates, rejections, an e-mail that succeeds at the second try and one that never does. */
function troubledFile(prefix: string, before: readonly Debt[] = [], between: readonly Debt[] = []): string {
  const rows = changed(debts(GOOD_ROWS, prefix), (_, at) => {
    if (at === 10) return { email: `tempfail1+${prefix}@example.com` };
    return at === 50 ? { email: `permfail+${prefix}@example.com` } : {};
  });
  const repeated = rows.slice(0, 5);
  const conflicting = changed(rows.slice(5, 8), ({ centavos }) => ({ centavos: centavos + 1 }));
  const bad = changed(debts(4, `${prefix}-BAD`), () => ({ email: 'nobody' }));
  return plainCsv([
    ...before,
    ...rows.slice(0, 60),
    ...between,
    ...repeated,
    ...bad,
    ...rows.slice(60),
    ...conflicting,
  ]);
}

const OUTCOME = {
  status: 'completed_with_rejections',
  rows: { read: 92, accepted: GOOD_ROWS, duplicate: 5, rejected: 7, dead: 0 },
  identityHolds: true,
  boletos: { issued: GOOD_ROWS },
  notifications: { pending: 0, sent: GOOD_ROWS - 1, failed: 1 },
} as const;

const GUILTY_OUTCOME = { ...OUTCOME, rows: { ...OUTCOME.rows, read: 94, dead: 2 } } as const;

/** The ids of the messages published so far. */
const published = new Set<string>();

async function takeCopies(): Promise<readonly CopiedMessage[]> {
  const messages = await copies.take();
  for (const { messageId } of messages) published.add(messageId);
  return messages;
}

function settlements(): readonly LogLine[] {
  const apps = ['file-splitter', 'chunk-validator', 'boleto-generator', 'notifier'] as const;
  return apps.flatMap((app) => harness.logLines(app)).filter((line) => line['event.action'] === 'message.settled');
}

/** The number of deliveries and settlements of each message so far. */
function deliveries(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { messageId = '' } of settlements()) counts.set(messageId, (counts.get(messageId) ?? 0) + 1);
  return counts;
}

/** Waits until every message in the outbox is published and every published message is settled. */
async function untilIdle(): Promise<void> {
  await harness.until(
    async () => {
      if ((await unfinished(harness)) > 0) return false;
      await takeCopies();
      const ended = settlements().filter(({ outcome }) => outcome === 'done' || outcome === 'dead-letter');
      const endedIds = new Set(ended.map(({ messageId }) => messageId));
      return [...published].every((id) => endedIds.has(id));
    },
    { describe: 'an empty outbox and an idle broker' },
  );
}

test('every message delivered twice more after the work, as itself and as new, changes nothing', async () => {
  await takeCopies();
  const issuerId = await newIssuer(harness);
  // Apart, so that they are in different chunks.
  const [one, other] = debts(2, 'GUILTY').map((debt) => [debt]);
  const batch = await processed(harness, troubledFile('AFTER', one, other), { issuerId });
  await downloadPdfs(harness, batch);
  await harness.until(async () => (await unfinished(harness)) === 0, { describe: 'an empty outbox' });
  const messages = await takeCopies();
  expect(batch).toMatchObject(GUILTY_OUTCOME);
  const names = Object.values(topology.queues).map(({ consumes }) => consumes);
  expect([...new Set(messages.map(({ routingKey }) => routingKey))].toSorted()).toEqual(names.toSorted());
  const before = await finalState(harness, issuerId);
  // Each guilty row was found by halving: it alone is dead.
  expect(new Set(before.deadLetters.map(({ queue }) => queue))).toEqual(
    new Set(['chunk-validator.suspects', 'boleto-generator.suspects']),
  );
  expect(before.deadLetters).toHaveLength(2);
  const mailsBefore = (await mailFiles(harness)).length;

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
  expect((await mailFiles(harness)).length).toBe(mailsBefore);
});

test('three deliveries of every message during the work have the effect of one', async () => {
  await takeCopies();
  const issuerId = await newIssuer(harness);
  const { deadLetters } = await finalState(harness, issuerId);
  const { id } = await upload(harness, troubledFile('DURING'), { issuerId });
  const repeated: CopiedMessage[] = [];
  const repeatNew = async (): Promise<void> => {
    for (const message of await takeCopies()) {
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
  expect(await countMails(harness, id)).toBe(GOOD_ROWS - 1);
  const state = await finalState(harness, issuerId);
  expect(state.deadLetters).toEqual(deadLetters);
  expect(state.chunkResults).toHaveLength(2 * state.chunks.length);
  expect(new Set(state.boletos.map(({ nosso_numero: number }) => number)).size).toBe(GOOD_ROWS);
});
