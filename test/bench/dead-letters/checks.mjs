// Checks of the database and the mailbox after every letter was replayed.
import { readdirSync } from 'node:fs';

/**
 * @param {{ query: (sql: string, values?: unknown[]) => Promise<any[]> }} stack
 * @returns {Promise<boolean>} nothing waits to be published, handled or counted
 */
export async function isAtRest({ query }, batches, shares) {
  const [counts] = await query(
    `select (select count(*)::int from outbox) as outbox,
            (select count(*)::int from batches where status = 'processing') as processing,
            (select count(*)::int from boletos where batch_id = any($1::uuid[])) as boletos,
            (select count(*)::int from notifications where batch_id = $2 and status = 'pending') as pending`,
    [[batches.rows, batches.debts], batches.emails],
  );
  const { outbox, processing, boletos, pending } = counts;
  return outbox + processing + pending === 0 && boletos === shares.rows + shares.debts;
}

/**
 * @param {{ query: (sql: string, values?: unknown[]) => Promise<any[]> }} stack
 * @returns {Promise<number>} rows of the letters that have ended: with a boleto, as none of them is bad
 */
export async function countEndedRows({ query }, batches) {
  const [{ n }] = await query('select count(*)::int as n from boletos where batch_id = any($1::uuid[])', [
    [batches.rows, batches.debts],
  ]);
  return n;
}

/**
 * @param {{ query: (sql: string, values?: unknown[]) => Promise<any[]> }} stack
 * @returns {Promise<number>} messages that the replays of parts of chunks published
 */
export async function countMessages({ query }) {
  const [{ n }] = await query(
    `select count(distinct replayed_as)::int as n from dead_letters where queue <> 'notifier.recipients'`,
  );
  return n;
}

/**
 * @returns {Promise<{ what: string, expected: number, found: number }[]>} each of them, right or wrong
 */
export async function countEffects({ query, system }, batches, shares) {
  const letters = shares.rows + shares.debts + shares.emails;
  const one = async (sql, ...values) => Number((await query(sql, values))[0].n);
  const checks = [
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
  const found = [];
  for (const [what, expected, sql, ...values] of checks)
    found.push({ what, expected, found: await one(sql, ...values) });
  const mails = readdirSync(system.mailbox).filter((name) => name.endsWith('.eml')).length;
  return [...found, { what: 'e-mails in the mailbox', expected: shares.emails, found: mails }];
}
