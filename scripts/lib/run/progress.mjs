const barWidth = 30;
const lineEveryMs = 3000;

/**
 * The part of a batch, as GET /v1/batches/{id} gives it, that is read here.
 * @typedef {object} Batch
 * @property {string} id
 * @property {string} status
 * @property {{ read: number | null, accepted: number, duplicate: number, rejected: number, dead: number }} rows
 * @property {{ issued: number }} boletos
 * @property {{ sent: number, failed: number }} notifications
 * @property {{ validate?: { rowsDone: number } }} [stages]
 * @property {{ receivedAt?: string, issuedAt?: string | null }} [times]
 */

/** @typedef {{ results: string, rejections: string, duplicates: string, exports: string }} Links */
/** The same, with where its files are. @typedef {Batch & { links: Links }} LinkedBatch */

/**
 * `total` is null while it is not known.
 * @typedef {{ name: string, done: number, total: number | null }} Stage
 */

/**
 * Shows how far each stage of a batch is: bars on a terminal, otherwise a line every few seconds.
 * @param {import('./log.mjs').Log} log
 * @returns {(batch: Batch, isLast?: boolean) => void}
 */
export function createProgress(log) {
  let shownAt = 0;
  let shownText = '';
  return (batch, isLast = false) => {
    const stages = stagesOf(batch);
    if (log.isLive) {
      log.live([`Batch ${batch.id}: ${batch.status}`, ...stages.map(bar)]);
      return;
    }
    const text = stages
      .map(({ name, done, total }) => `${name} ${String(done)}${total === null ? '' : `/${String(total)}`}`)
      .join(' · ');
    if ((!isLast && Date.now() - shownAt < lineEveryMs) || text === shownText) return;
    shownAt = Date.now();
    shownText = text;
    log.info(`  ${batch.status}: ${text}`);
  };
}

/**
 * @param {Batch} batch
 * @returns {Stage[]}
 */
function stagesOf({ rows, stages, boletos, notifications }) {
  const judged = rows.accepted + rows.duplicate + rows.rejected + rows.dead;
  const settled = notifications.sent + notifications.failed;
  const accepted = rows.read !== null && judged >= rows.read ? rows.accepted : null;
  return [
    { name: 'split', done: rows.read ?? 0, total: rows.read },
    { name: 'validate', done: Math.max(judged, stages?.validate?.rowsDone ?? 0), total: rows.read },
    { name: 'issue', done: boletos.issued, total: accepted },
    { name: 'notify', done: settled, total: accepted },
  ];
}

/** @param {Stage} stage */
function bar({ name, done, total }) {
  const share = total === null ? 0 : total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.round(share * barWidth);
  const count =
    total === null ? done.toLocaleString('en') : `${done.toLocaleString('en')} / ${total.toLocaleString('en')}`;
  return `  ${name.padEnd(9)} ${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${count}`;
}
