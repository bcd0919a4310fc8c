import { afterAll, beforeAll, expect, test } from 'vitest';
import { queueNames, topology, type QueueName } from '#contracts';
import { downloadPdfs, newIssuer, processed, settled, upload, type Batch } from './client.ts';
import { changed, debts, plainCsv, type Debt } from './files.ts';
import { Harness } from './harness.ts';
import { finalState, unfinished } from './state.ts';

const ROWS = 30;
/** A debt at which the database fails at one stage, so that its chunk is halved. */
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

let harness: Harness;

beforeAll(async () => {
  harness = await Harness.start({ environment: { RETRY_DELAYS_MS: '50,100', WATCHDOG_GRACE_SECONDS: '2' } });
  await harness.database.dataSource.query(GUILTY_ROWS);
});

afterAll(async () => {
  await harness.stop();
});

/** Pauses a stage, so that its messages stay in its queue until they are deleted. */
async function tell(queue: QueueName, what: 'pause' | 'resume'): Promise<void> {
  const response = await fetch(`${harness.system.url}/v1/stages/${queue}/${what}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{}',
  });
  if (!response.ok) throw new Error(`${what} was answered ${response.status.toString()}`);
  await harness.until(async () => (await harness.vhost.consumersOf(queue)) === (what === 'pause' ? 0 : 1), {
    describe: `${queue} to ${what}`,
  });
}

/** Deletes the messages of the queue and returns their number. */
async function deleteMessages(queue: QueueName): Promise<number> {
  const taken = (await harness.vhost.api('POST', `/queues/${harness.vhost.name}/${queue}/get`, {
    count: 1_000,
    ackmode: 'ack_requeue_false',
    encoding: 'auto',
  })) as readonly unknown[];
  return taken.length;
}

/**
 * The number of announced messages of the app that owns the queue. If both halves of a chunk are lost, the whole chunk
 * is announced.
 */
function lost(queue: QueueName): number {
  const app = queue.slice(0, queue.indexOf('.') + 1);
  const names = new Set<string>(
    queueNames.filter((name) => name.startsWith(app)).map((name) => topology.queues[name].consumes),
  );
  const lines = harness.logLines('dispatcher').filter((line) => line['event.action'] === 'message.lost');
  return lines.filter((line) => 'name' in line && typeof line.name === 'string' && names.has(line.name)).length;
}

/** Does `work` while a message of the queue is deleted by hand. */
async function losing<T>(queue: QueueName, work: () => Promise<T>): Promise<T> {
  await tell(queue, 'pause');
  const before = lost(queue);
  const working = work();
  working.catch(() => undefined);
  await harness.until(async () => (await deleteMessages(queue)) > 0, { describe: `a message in ${queue}` });
  expect(lost(queue)).toBe(before);
  await tell(queue, 'resume');
  const result = await working;
  expect(lost(queue)).toBeGreaterThan(before);
  return result;
}

async function processedBy(issuerId: string, rows: readonly Debt[]): Promise<Batch> {
  const { id } = await upload(harness, plainCsv(rows), { issuerId });
  return await settled(harness, id, 120_000);
}

const ALL_DONE = {
  status: 'completed',
  rows: { read: ROWS, accepted: ROWS, duplicate: 0, rejected: 0, dead: 0 },
  identityHolds: true,
  boletos: { issued: ROWS },
  notifications: { pending: 0, sent: ROWS, failed: 0 },
} as const;

test.each([
  'file-splitter.batches',
  'chunk-validator.chunks',
  'boleto-generator.chunks',
  'notifier.chunks',
  'notifier.recipients',
] as const)('a batch ends although a message of %s was deleted', async (queue) => {
  const issuerId = await newIssuer(harness);
  const rows = changed(debts(ROWS, `LOST-${queue}`), (_, at) =>
    at === 10 ? { email: `tempfail1+${queue}@example.com` } : {},
  );
  expect(await losing(queue, async () => await processedBy(issuerId, rows))).toMatchObject(ALL_DONE);
  const { boletos, deadLetters } = await finalState(harness, issuerId);
  expect(new Set(boletos.map(({ nosso_numero: number }) => number)).size).toBe(ROWS);
  expect(deadLetters).toEqual([]);
});

test.each([
  ['chunk-validator.suspects', 0],
  ['boleto-generator.suspects', 1],
] as const)('a batch ends with its guilty row dead although a message of %s was deleted', async (queue, guilty) => {
  const issuerId = await newIssuer(harness);
  const rows = [...debts(2, 'GUILTY').slice(guilty, guilty + 1), ...debts(ROWS - 1, `LOST-${queue}`)];
  const batch = await losing(queue, async () => await processedBy(issuerId, rows));
  expect(batch).toMatchObject({
    status: 'completed_with_rejections',
    rows: { read: ROWS, accepted: ROWS - 1, duplicate: 0, rejected: 0, dead: 1 },
    identityHolds: true,
    boletos: { issued: ROWS - 1 },
    notifications: { pending: 0, sent: ROWS - 1, failed: 0 },
  });
});

test.each(['boleto-generator.exports', 'boleto-generator.export-parts', 'boleto-generator.export-closings'] as const)(
  'an export is completed although a message of %s was deleted',
  async (queue) => {
    const issuerId = await newIssuer(harness);
    const batch = await processed(harness, plainCsv(debts(ROWS, `LOST-${queue}`)), { issuerId });
    const zip = await losing(queue, async () => await downloadPdfs(harness, batch));
    expect(zip.length).toBeGreaterThan(0);
    await harness.until(async () => (await finalState(harness, issuerId)).exportParts.length === 0, {
      describe: 'the parts to be cleared away',
    });
  },
);

test('ops shows lost messages and their recovery', async () => {
  await harness.until(async () => (await unfinished(harness)) === 0, { describe: 'an empty outbox' });
  const rows = await harness.until(
    async () => {
      const found: { name: string; recovered: boolean }[] = await harness.database.dataSource.query(
        'select distinct name, recovered_at is not null as recovered from missing_messages where announcements > 0',
      );
      return found.every(({ recovered }) => recovered) ? found : undefined;
    },
    { describe: 'all of it to be back' },
  );
  const response = await fetch(`${harness.system.url}/v1/stages`);
  const { items } = (await response.json()) as { items: { stage: QueueName; lost: { recovered: number } }[] };
  const shown = items.filter(({ lost: { recovered } }) => recovered > 0);
  expect(shown.map(({ stage }) => topology.queues[stage].consumes).toSorted()).toEqual(
    rows.map(({ name }) => name).toSorted(),
  );
});
