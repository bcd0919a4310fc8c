import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageFiles, parseHeaders } from '#scripts/lib/mail/mailbox.mjs';
import { rowOf, rowsOf, type Queries } from '../rows.ts';
import type { BrokerApi } from './broker-api.ts';
import type { PoisonRow } from './state.ts';
import { messagesLeft, type WorkFile } from './workload.ts';

/** The parts of a system at rest that are looked at. */
export interface Observed {
  readonly database: Queries;
  readonly broker: BrokerApi;
  readonly system: { readonly mailbox: string; readonly storageFolder: string };
  /** Lines of all logs that match. */
  readonly countLogs: (pattern: RegExp) => number;
  /** Misbehaviour that no fault excuses, in words. */
  readonly misbehaviour: () => string[];
}

export interface Facts {
  readonly files: readonly WorkFile[];
  /** In the order of the files. */
  readonly batchIds: readonly string[];
  readonly poison: readonly PoisonRow[];
  readonly spendsAttempts: boolean;
  /** Messages were taken out of the broker; their work is looked at, not they. */
  readonly losesMessages?: boolean;
  /** False when the notifier was left out. */
  readonly mails: boolean;
}

/** Checks the invariants that hold when all work is done, whatever happened before. Each violation is a sentence. */
export async function findViolations(world: Observed, facts: Facts): Promise<string[]> {
  const { poison, spendsAttempts, mails } = facts;
  const found = await Promise.all([
    accounting(world, facts),
    debtsAndBoletos(world, poison),
    orphans(world),
    unended(world),
    mails ? mail(world) : [],
    leftovers(world, facts),
  ]);
  // Only a failure that the message may have caused spends an attempt; a service that is away must not.
  const spent = world.countLogs(/"attempt":(?:[2-9]|\d\d).*"event\.action":"message\.settled"/);
  if (spent > 0 && !spendsAttempts)
    found.push([`${spent} deliveries of messages that had spent an attempt on somebody else's fault`]);
  return [...found.flat(), ...world.misbehaviour()];
}

interface BatchCounts {
  readonly id: string;
  readonly status: string;
  readonly read: number;
  readonly validated: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly dead: number;
  readonly explained: number;
}

async function accounting({ database }: Observed, { files, batchIds, poison }: Facts): Promise<string[]> {
  const rows = await rowsOf<BatchCounts>(
    database,
    `select b.id, b.status, b.rows_read::int as read, coalesce(sum(r.rows) filter (where r.stage = 'validate'), 0)::int as validated,
            coalesce(sum(r.accepted) filter (where r.stage = 'validate'), 0)::int as accepted,
            coalesce(sum(r.duplicate), 0)::int as duplicate, coalesce(sum(r.rejected), 0)::int as rejected,
            coalesce(sum(r.dead) filter (where r.stage = 'validate'), 0)::int as dead,
            (select count(*)::int from rejections j where j.batch_id = b.id) as explained
     from batches b left join chunk_results r on r.batch_id = b.id
     group by b.id`,
  );
  const violations = rows.length === files.length ? [] : [`${rows.length} batches of ${files.length} files`];
  let dead = 0;
  for (const [at, { expected }] of files.entries()) {
    const row = rows.find(({ id }) => id === batchIds[at]);
    if (row === undefined) continue;
    const { read, accepted, duplicate, rejected, validated, explained } = row;
    dead += row.dead;
    const sum = accepted + duplicate + rejected + row.dead;
    if (read !== sum || validated !== sum)
      violations.push(`file ${at}: ${read} rows read, ${validated} validated, ${sum} accounted for`);
    if (explained !== rejected) violations.push(`file ${at}: ${rejected} rows rejected, ${explained} explained`);
    const right = read === expected.read && duplicate === expected.duplicate && rejected === expected.rejected;
    if (!right || accepted + row.dead !== expected.accepted) {
      violations.push(`file ${at}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(row)}`);
    }
  }
  const mustDie = poison.filter(({ stage }: { stage: string }) => stage === 'validate').length;
  if (dead !== mustDie) violations.push(`${dead} rows died while validated, ${mustDie} were to`);
  return violations;
}

interface Totals {
  readonly debts: number;
  readonly boletos: number;
  readonly issued: number;
  readonly numbers: number;
  readonly highest: number;
  readonly accepted: number;
  readonly owed: string;
  readonly billed: string;
}

async function debtsAndBoletos({ database }: Observed, poison: readonly PoisonRow[]): Promise<string[]> {
  const row = await rowOf<Totals>(
    database,
    `select (select count(*)::int from debts) as debts,
            (select count(*)::int from boletos) as boletos,
            (select count(distinct debt_id)::int from boletos) as issued,
            (select count(distinct (i.bank_account_id, b.nosso_numero))::int
              from boletos b join issuers i on i.id = b.issuer_id) as numbers,
            (select coalesce(sum(highest), 0)::int
              from (select max(b.nosso_numero) as highest
                    from boletos b join issuers i on i.id = b.issuer_id group by i.bank_account_id) of_accounts) as highest,
            (select coalesce(sum(accepted), 0)::int from chunk_results where stage = 'validate') as accepted,
            (select coalesce(sum(amount_centavos), 0)::text from debts d where exists (select 1 from boletos b where b.debt_id = d.id)) as owed,
            (select coalesce(sum(substr(codigo_barras, 10, 10)::bigint), 0)::text from boletos) as billed`,
  );
  const dead = poison.filter(({ stage }: { stage: string }) => stage === 'issue').length;
  const violations: string[] = [];
  const expect = (holds: boolean, text: string): void => {
    if (!holds) violations.push(text);
  };
  expect(row.debts === row.accepted, `${row.accepted} rows accepted, ${row.debts} debts`);
  expect(row.boletos === row.debts - dead, `${row.debts} debts, ${dead} of them dead, ${row.boletos} boletos`);
  expect(row.issued === row.boletos, `${row.boletos} boletos for ${row.issued} debts`);
  expect(row.numbers === row.boletos, `${row.boletos} boletos, ${row.numbers} nossos números of an account`);
  if (dead === 0)
    expect(
      row.highest === row.boletos,
      `a gap in the nosso números: ${row.highest} is the sum of the highest of each account, of ${row.boletos} boletos`,
    );
  expect(row.owed === row.billed, `${row.owed} centavos owed, ${row.billed} billed`);
  return violations;
}

/** Pairs of tables whose rows need each other, even where the schema does not enforce it. */
const orphanage: readonly (readonly [string, string, string, string])[] = [
  ['debts without a chunk', 'debts d', 'chunks c on (c.batch_id, c.chunk_no) = (d.batch_id, d.chunk_no)', 'c.batch_id'],
  ['debts without a debtor', 'debts d', 'debtors r on r.id = d.debtor_id and r.issuer_id = d.issuer_id', 'r.id'],
  ['debts without an issuer', 'debts d', 'issuers i on i.id = d.issuer_id', 'i.id'],
  ['boletos without a debt', 'boletos b', 'debts d on d.id = b.debt_id and d.batch_id = b.batch_id', 'd.id'],
  ['boletos without an issuer', 'boletos b', 'issuers i on i.id = b.issuer_id', 'i.id'],
  [
    'notifications without a boleto',
    'notifications n',
    'boletos b on b.id = n.boleto_id and b.batch_id = n.batch_id',
    'b.id',
  ],
  ['chunks without a batch', 'chunks c', 'batches b on b.id = c.batch_id', 'b.id'],
  [
    'results without a chunk',
    'chunk_results r',
    'chunks c on (c.batch_id, c.chunk_no) = (r.batch_id, r.chunk_no)',
    'c.batch_id',
  ],
  [
    'rejections without a chunk',
    'rejections r',
    'chunks c on (c.batch_id, c.chunk_no) = (r.batch_id, r.chunk_no)',
    'c.batch_id',
  ],
  ['batches without an issuer', 'batches b', 'issuers i on i.id = b.issuer_id', 'i.id'],
];

async function orphans({ database, system }: Observed): Promise<string[]> {
  const violations: string[] = [];
  for (const [what, table, other, key] of orphanage) {
    const { count } = await rowOf<{ count: number }>(
      database,
      `select count(*)::int as count from ${table} left join ${other} where ${key} is null`,
    );
    if (count > 0) violations.push(`${count} ${what}`);
  }
  const batches = await rowsOf<{ key: string; bytes: number }>(
    database,
    'select storage_key as key, bytes::int as bytes from batches',
  );
  const fileless = batches.filter(
    ({ key, bytes }) => statSync(join(system.storageFolder, key), { throwIfNoEntry: false })?.size !== bytes,
  );
  if (fileless.length > 0) violations.push(`${fileless.length} batches without their file, whole`);
  return violations;
}

/** Faults in rows that exist only for a time, and in stored sums. */
async function unended({ database }: Observed): Promise<string[]> {
  const row = await rowOf<Record<'unreleased' | 'breakers' | 'claimed' | 'told' | 'sent', number>>(
    database,
    `select (select count(*)::int from chunks where released_at is null) as unreleased,
            (select count(*)::int from stage_breakers) as breakers,
            (select count(*)::int from notifications where claimed_by is not null) as claimed,
            (select coalesce(sum(sent), 0)::int from notification_results) as told,
            (select count(*)::int from notifications where status = 'sent') as sent`,
  );
  return [
    ...(row.unreleased > 0 ? [`${row.unreleased} chunks were never released`] : []),
    ...(row.breakers > 0 ? [`${row.breakers} stages still wait for a provider`] : []),
    ...(row.claimed > 0 ? [`${row.claimed} e-mails are still claimed by somebody`] : []),
    ...(row.told === row.sent ? [] : [`${row.sent} e-mails sent, ${row.told} in the sums`]),
  ];
}

async function mail({ database, system }: Observed): Promise<string[]> {
  const rows = await rowsOf<{ message_id: string; status: string }>(
    database,
    `select message_id, status from notifications`,
  );
  const { boletos } = await rowOf<{ boletos: number }>(database, `select count(*)::int as boletos from boletos`);
  const delivered = deliveredMessages(system.mailbox);
  const violations: string[] = [];
  const failed = rows.filter(({ status }) => status !== 'sent').length;
  if (failed > 0) violations.push(`${failed} e-mails were not sent`);
  if (rows.length !== boletos) violations.push(`${boletos} boletos, ${rows.length} notifications`);
  const missing = rows.filter(({ message_id: id }) => !delivered.has(id)).length;
  if (missing > 0) violations.push(`${missing} e-mails are recorded as sent and are not in the mailbox`);
  if (delivered.size !== boletos)
    violations.push(`${boletos} boletos, ${delivered.size} different Message-IDs in the mailbox`);
  return violations;
}

/** How often each Message-ID was delivered. */
export function deliveredMessages(folder: string): Map<string, number> {
  const counts = new Map<string, number>();
  const buffer = Buffer.alloc(16 * 1024);
  for (const name of messageFiles(folder)) {
    const file = openSync(join(folder, name), 'r');
    const id = parseHeaders(buffer.subarray(0, readSync(file, buffer, 0, buffer.length, 0))).get('message-id') ?? name;
    closeSync(file);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

async function leftovers(world: Observed, { poison, losesMessages = false, mails }: Facts): Promise<string[]> {
  const { database } = world;
  const violations: string[] = [];
  const letters = await rowsOf<{ queue: string; reason: string; line: number | null }>(
    database,
    `select queue, reason, line::int as line from dead_letters`,
  );
  if (letters.length !== poison.length) {
    const first = letters.slice(0, 3).map((letter) => JSON.stringify(letter));
    violations.push(`${letters.length} dead letters, ${poison.length} were to be: ${first.join(' ')}`);
  }
  const blind = letters.filter(({ line }) => line === null).length;
  if (poison.length > 0 && blind > 0) violations.push(`${blind} dead letters do not name their line`);
  const { lost } = await rowOf<{ lost: number }>(
    database,
    `select count(*)::int as lost from chaos.published p
     where ($1 or p.name <> 'chunk.issued.v1') and not exists (select 1 from inbox i where i.message_id = p.message_id)`,
    [mails],
  );
  if (lost > 0 && !losesMessages) violations.push(`${lost} messages were published and never accounted for`);
  for (const [queue, messages] of await messagesLeft(world, { mails })) {
    violations.push(`${messages} messages left in ${queue}`);
  }
  const { pending } = await rowOf<{ pending: number }>(database, 'select count(*)::int as pending from outbox');
  if (pending > 0) violations.push(`${pending} messages left in the outbox`);
  return violations;
}
