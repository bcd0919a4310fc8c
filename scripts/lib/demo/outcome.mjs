/**
 * Checks what the demo promises: every row accounted for, one boleto and one e-mail for each accepted row, nothing left
 * behind.
 * @param {{ batch: import('../run/progress.mjs').Batch, delivered: number | undefined,
 *   queues: { name: string, messages: number }[] }} facts
 *   `delivered` undefined: the mailbox of the run that mailed them is gone
 * @returns {string[]} what is wrong; none: all is well
 */
export function findFaults({ batch, delivered, queues }) {
  const { rows, boletos, notifications } = batch;
  /** @type {string[]} */ const faults = [];
  const expect = (/** @type {boolean} */ holds, /** @type {string} */ text) => {
    if (!holds) faults.push(text);
  };
  const sum = rows.accepted + rows.duplicate + rows.rejected + rows.dead;
  expect(['completed', 'completed_with_rejections'].includes(batch.status), `the batch ended as ${batch.status}`);
  expect(rows.read === sum, `${rows.read} rows read, but ${sum} accounted for`);
  expect(boletos.issued === rows.accepted, `${rows.accepted} rows accepted, but ${boletos.issued} boletos issued`);
  expect(notifications.sent === boletos.issued, `${boletos.issued} boletos, but ${notifications.sent} e-mails sent`);
  expect(notifications.failed === 0, `${notifications.failed} e-mails failed for good`);
  if (delivered !== undefined) {
    expect(
      delivered === boletos.issued,
      `${boletos.issued} boletos, but ${delivered} different e-mails in the mailbox`,
    );
  }
  for (const { name, messages } of queues) expect(false, `queue ${name} still holds ${messages} messages`);
  return faults;
}

/**
 * The accounting, to read.
 * @param {Pick<import('../run/progress.mjs').Batch, 'rows' | 'boletos' | 'notifications'>} batch
 */
export function accountingTable({ rows, boletos, notifications }) {
  /** @type {[string, number | null][]} */
  const lines = [
    ['rows read', rows.read],
    ['= accepted', rows.accepted],
    ['+ duplicate', rows.duplicate],
    ['+ rejected', rows.rejected],
    ['+ dead', rows.dead],
    ['boletos issued', boletos.issued],
    ['e-mails sent', notifications.sent],
    ['e-mails failed', notifications.failed],
  ];
  return lines
    .map(([name, count]) => `  ${name.padEnd(16)}${(count ?? 0).toLocaleString('en').padStart(12)}`)
    .join('\n');
}

/**
 * Where the files of a batch are; `pdfs` is null when there is nothing to make PDFs of.
 * @typedef {{ results: string, rejections: string, duplicates: string, pdfs: string | null,
 *   mailbox: string }} Artifacts
 */

/**
 * The object that `--json` promises: exactly these keys.
 * @param {{ batch: import('../run/progress.mjs').Batch, seconds: { total: number, issued: number | null },
 *   artifacts: Artifacts }} options
 */
export function summary({ batch, seconds, artifacts }) {
  const { read, accepted, duplicate, rejected, dead } = batch.rows;
  return {
    batchId: batch.id,
    status: batch.status,
    rows: { read, accepted, duplicate, rejected, dead },
    boletos: { issued: batch.boletos.issued },
    notifications: { sent: batch.notifications.sent, failed: batch.notifications.failed },
    seconds,
    artifacts,
  };
}
