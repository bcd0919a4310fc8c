// Checks of the database and the mailbox after every letter was replayed.
import { readdirSync } from 'node:fs';
import { rowOf, type Queries } from '../../rows.ts';
import type { Batches, Shares, Stack } from './make-letters.ts';

/** A count, and the number that it must be. */
export interface Effect {
  readonly what: string;
  readonly expected: number;
  readonly found: number;
}

/** True if nothing waits to be published, handled or counted. */
export async function isAtRest(stack: Queries, batches: Batches, shares: Shares): Promise<boolean> {
  const { outbox, processing, boletos, pending } = await rowOf<
    Record<'outbox' | 'processing' | 'boletos' | 'pending', number>
  >(
    stack,
    `select (select count(*)::int from outbox) as outbox,
            (select count(*)::int from batches where status = 'processing') as processing,
            (select count(*)::int from boletos where batch_id = any($1::uuid[])) as boletos,
            (select count(*)::int from notifications where batch_id = $2 and status = 'pending') as pending`,
    [[batches.rows, batches.debts], batches.emails],
  );
  return outbox + processing + pending === 0 && boletos === shares.rows + shares.debts;
}

/** Counts the rows of the letters that have ended: with a boleto, as none of them is bad. */
export async function countEndedRows(stack: Queries, batches: Batches): Promise<number> {
  return await countOf(stack, 'select count(*) as n from boletos where batch_id = any($1::uuid[])', [
    [batches.rows, batches.debts],
  ]);
}

/** Counts the messages that the replays of parts of chunks published. */
export async function countMessages(stack: Queries): Promise<number> {
  return await countOf(
    stack,
    `select count(distinct replayed_as) as n from dead_letters where queue <> 'notifier.recipients'`,
  );
}

/** Each effect, right or wrong. */
export async function countEffects(stack: Stack, batches: Batches, shares: Shares): Promise<Effect[]> {
  const letters = shares.rows + shares.debts + shares.emails;
  const checks: readonly (readonly [string, number, string, ...string[]])[] = [
    ['letters replayed', letters, `select count(*) as n from dead_letters where status = 'replayed'`],
    ['letters left open, or new', 0, `select count(*) as n from dead_letters where status <> 'replayed'`],
    ['letters with the message of their replay', letters, `select count(replayed_as) as n from dead_letters`],
    ['letters on the record of the actions', letters, `select sum(letters) as n from dead_letter_actions`],
    ['entries in the histories of letters', letters, `select count(*) as n from dead_letter_histories`],
    ['debts of the dead rows', shares.rows, `select count(*) as n from debts where batch_id = $1`, batches.rows],
    ['boletos', letters, `select count(*) as n from boletos`],
    ['debts with a boleto', letters, `select count(distinct debt_id) as n from boletos`],
    ['nossos números', letters, `select count(distinct nosso_numero) as n from boletos`],
    ['rows that count as dead', 0, `select coalesce(sum(dead), 0) as n from chunk_results`],
    ['rows accepted', 2 * letters, `select sum(accepted) as n from chunk_results`],
    ['centavos in boletos', 12_345 * letters, `select sum(centavos) as n from chunk_results where stage = 'issue'`],
    ['e-mails sent', shares.emails, `select count(*) as n from notifications where status = 'sent'`],
    [
      'batches that ended as complete',
      shares.emails === 0 ? 2 : 3,
      `select count(*) as n from batches where status = 'completed'`,
    ],
  ];
  const found: Effect[] = [];
  for (const [what, expected, sql, ...values] of checks)
    found.push({ what, expected, found: await countOf(stack, sql, values) });
  const mails = readdirSync(stack.system.mailbox).filter((name) => name.endsWith('.eml')).length;
  return [...found, { what: 'e-mails in the mailbox', expected: shares.emails, found: mails }];
}

async function countOf(stack: Queries, sql: string, values: unknown[] = []): Promise<number> {
  return Number((await rowOf<{ n: string | null }>(stack, sql, values)).n);
}
