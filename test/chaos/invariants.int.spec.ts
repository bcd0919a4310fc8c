import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  insertBatch,
  insertBoleto,
  insertChunk,
  insertChunkResult,
  insertDebt,
  insertIssuer,
  insertNotification,
  insertRejection,
  testDatabase,
  testVhost,
  type TestDatabase,
} from '#testing';
import { BrokerApi } from './broker-api.ts';
import { instruments } from './instruments.ts';
import { findViolations, type Facts, type Observed } from './invariants.ts';

const ROWS = 4;
const ACCEPTED = 2;
const AMOUNT = 12_345n;

interface World {
  readonly observed: Observed;
  readonly facts: Facts;
  readonly batchId: string;
  readonly sql: (text: string) => Promise<unknown>;
  readonly deliver: (messageId: string) => Promise<void>;
}

/** A batch of four rows that came to its end as it should: two accepted, one repeated, one rejected. */
async function world(): Promise<World> {
  const [owned, vhost, folder] = [
    await testDatabase(),
    await testVhost(),
    await mkdtemp(join(tmpdir(), 'invariants-')),
  ];
  onTestFinished(async () => {
    await rm(folder, { recursive: true });
  });
  const query = async (sql: string, values: readonly unknown[] = []): Promise<unknown> =>
    await owned.dataSource.query(sql, [...values]);
  await query(instruments);
  const system = { mailbox: join(folder, 'mailbox'), storageFolder: join(folder, 'storage') };
  await mkdir(system.mailbox);
  const deliver = async (messageId: string): Promise<void> => {
    await writeFile(join(system.mailbox, `${randomUUID()}.eml`), `Message-ID: ${messageId}\r\n\r\n`);
  };
  const { batchId, storageKey } = await insertFinishedBatch(owned, deliver);
  await mkdir(dirname(join(system.storageFolder, storageKey)), { recursive: true });
  await writeFile(join(system.storageFolder, storageKey), Buffer.alloc(1_000));
  const expected = { read: ROWS, accepted: ACCEPTED, duplicate: 1, rejected: 1, byCode: { EMAIL_INVALID: 1 } };
  return {
    observed: {
      database: { query },
      broker: new BrokerApi(vhost.managementUrl, vhost.name),
      system,
      countLogs: () => 0,
      misbehaviour: () => [],
    },
    facts: {
      files: [{ path: '', expected, plainDebtIds: [] }],
      batchIds: [batchId],
      poison: [],
      spendsAttempts: false,
      mails: true,
    },
    batchId,
    sql: query,
    deliver,
  };
}

async function insertFinishedBatch(
  { dataSource }: TestDatabase,
  deliver: (messageId: string) => Promise<void>,
): Promise<{ readonly batchId: string; readonly storageKey: string }> {
  const { id: issuerId } = await insertIssuer(dataSource);
  const now = new Date();
  const { id: batchId, storageKey } = await insertBatch(dataSource, {
    issuerId,
    status: 'completed_with_rejections',
    rowsRead: BigInt(ROWS),
    chunksTotal: 1,
    splittingAt: now,
    splitAt: now,
    completedAt: now,
  });
  await insertChunk(dataSource, { batchId, rows: ROWS, finishedAt: now });
  await insertChunkResult(dataSource, { batchId, rows: ROWS, accepted: ACCEPTED, duplicate: 1, rejected: 1 });
  await insertChunkResult(dataSource, { batchId, stage: 'issue', rows: ACCEPTED, accepted: ACCEPTED });
  await insertRejection(dataSource, { batchId, line: 4n });
  for (const line of [2n, 3n]) {
    const debt = await insertDebt(dataSource, { issuerId, batchId, line, amountCentavos: AMOUNT });
    const codigoBarras = `001991000${AMOUNT.toString().padStart(10, '0')}${'0'.repeat(25)}`;
    const boleto = await insertBoleto(dataSource, debt, { nossoNumero: line - 1n, codigoBarras });
    const { messageId } = await insertNotification(dataSource, { boletoId: boleto.id, batchId, status: 'sent' });
    await deliver(messageId);
  }
  return { batchId, storageKey };
}

test('a batch that ended correctly violates no invariant', async () => {
  const { observed, facts } = await world();
  expect(await findViolations(observed, facts)).toEqual([]);
});

/** Takes away what would stop the harm, as a future schema may. */
const unchecked = `
  set session_replication_role = replica;`;

test.each<[string, (there: World) => Promise<unknown>, RegExp]>([
  [
    'a lost row',
    ({ sql }) => sql(`update chunk_results set rows = 3, accepted = 1 where stage = 'validate'`),
    /rows read/,
  ],
  [
    'a lost boleto',
    ({ sql }) => sql('delete from notifications; delete from boletos where nosso_numero = 2'),
    /2 debts, .* 1 boletos/,
  ],
  ['a gap in the numbers', ({ sql }) => sql('update boletos set nosso_numero = 9 where nosso_numero = 2'), /a gap/],
  ['a centavo too few', ({ sql }) => sql('update debts set amount_centavos = amount_centavos - 1'), /centavos owed/],
  ['a rejection without its reason', ({ sql }) => sql('delete from rejections'), /1 rows rejected, 0 explained/],
  ['a debt without its chunk', ({ sql }) => sql(`${unchecked} delete from chunks`), /2 debts without a chunk/],
  ['a boleto without its debt', ({ sql }) => sql(`${unchecked} delete from debts`), /2 boletos without a debt/],
  [
    'an e-mail without its boleto',
    ({ sql }) => sql(`${unchecked} delete from boletos`),
    /2 notifications without a boleto/,
  ],
  [
    'a batch without its file',
    ({ sql }) => sql(`update batches set storage_key = 'uploads/gone.csv'`),
    /without their file/,
  ],
  [
    'a chunk that was never released',
    ({ sql }) => sql('update chunks set finished_at = null, released_at = null'),
    /never released/,
  ],
  ['a breaker that is open', ({ sql }) => sql(openBreaker), /1 stages still wait/],
  ['an e-mail that is still claimed', ({ sql }) => sql(claim), /2 e-mails are still claimed/],
  ['a sum that is wrong', ({ sql }) => sql('delete from notification_results'), /2 e-mails sent, 0 in the sums/],
  [
    'an e-mail that failed',
    ({ sql }) => sql(`update notifications set status = 'failed', last_error = '{}'`),
    /2 e-mails were not sent/,
  ],
  [
    'an e-mail that never arrived',
    ({ sql }) => sql(`update notifications set message_id = 'other' || message_id`),
    /not in the mailbox/,
  ],
  ['an e-mail under a second Message-ID', ({ deliver }) => deliver('<second@example.com>'), /3 different Message-IDs/],
  ['a message in the outbox', ({ sql }) => sql(outboxRow), /1 messages left in the outbox/],
  ['a message that nobody handled', ({ sql }) => sql(`${outboxRow}; delete from outbox`), /never accounted for/],
  ['a dead letter that was not meant', ({ sql }) => sql(deadLetter), /1 dead letters, 0 were to be/],
  ['a message in a queue', ({ observed }) => leaveMessage(observed), /1 messages left in chaos.left/],
])('%s is reported', async (_, plant, report) => {
  const there = await world();
  await plant(there);
  expect((await findViolations(there.observed, there.facts)).join('\n')).toMatch(report);
});

const openBreaker = `insert into stage_breakers (stage, reason, openings, probe_at) values ('notifier.chunks', 'away', 1, now())`;
const claim = 'update notifications set claimed_by = gen_random_uuid(), claimed_until = now()';
const outboxRow = `insert into outbox (name, body) values ('batch.received.v1', '{}')`;
const deadLetter = `insert into dead_letters (queue, body, headers, reason, fingerprint)
  values ('notifier.chunks', '', '{}', 'none', '0123456789abcdef')`;

async function leaveMessage({ broker }: Observed): Promise<void> {
  await broker.call('PUT', `/queues/${broker.vhost}/chaos.left`, { durable: true });
  await broker.call('POST', `/exchanges/${broker.vhost}/amq.default/publish`, {
    routing_key: 'chaos.left',
    payload: 'x',
    payload_encoding: 'string',
    properties: {},
  });
}

test('effects that no fault excuses are reported too', async () => {
  const { observed, facts } = await world();
  const restless = { ...observed, countLogs: () => 3, misbehaviour: () => ['notifier ended by itself'] };
  expect(await findViolations(restless, facts)).toEqual([
    "3 deliveries of messages that had spent an attempt on somebody else's fault",
    'notifier ended by itself',
  ]);
  expect(await findViolations(restless, { ...facts, spendsAttempts: true })).toEqual(['notifier ended by itself']);
});
