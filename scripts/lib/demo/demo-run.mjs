import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { countDelivered } from '../mail/mailbox.mjs';
import { messageIdsOf } from '../mail/message-ids.mjs';
import { createProgress } from '../run/progress.mjs';
import { until } from '../run/wait.mjs';
import { queuesLeftOver } from '../services/queues.mjs';
import { download, downloadExport, getJson, uploadFile } from '../system/api-client.mjs';
import { findFaults, summary } from './outcome.mjs';

const finalStatuses = new Set(['completed', 'completed_with_rejections', 'failed', 'cancelled']);
const batchPatienceMs = 2 * 60 * 60 * 1000;

/**
 * One file through the whole system, from upload to the last e-mail.
 * @param {object} options
 * @param {import('../system/bring-up.mjs').Addresses} options.addresses
 * @param {string} options.file
 * @param {string} options.profile
 * @param {string} options.outFolder where the downloads go
 * @param {boolean} options.isFreshMailbox whether this run made the mailbox
 * @param {import('../run/log.mjs').Log} options.log
 * @param {AbortSignal} options.signal
 * @returns {Promise<{ result: ReturnType<typeof summary>, faults: string[] }>}
 */
export async function processFile({ addresses, file, profile, outFolder, isFreshMailbox, log, signal }) {
  const startedAt = Date.now();
  const { status, body } = await uploadFile(`${addresses.url}/v1/batches`, file, { profile }, signal);
  const isRepeat = status === 200;
  log.info(isRepeat ? `The same bytes were uploaded before: this is the first batch, ${body.id}` : `Batch ${body.id}`);

  const batch = await followBatch(addresses, body.links.self, log, signal);
  const seconds = { total: secondsSince(startedAt), issued: issuedSeconds(batch) };
  const artifacts = await downloadArtifacts(addresses, batch, outFolder, log, signal);

  // Processed against this database in an earlier run: its e-mails lie in that run's mailbox.
  const isMailedElsewhere = isRepeat && isFreshMailbox;
  const delivered = isMailedElsewhere
    ? undefined
    : countDelivered(
        addresses.mailbox,
        isFreshMailbox ? {} : { among: await messageIdsOf(artifacts.results, addresses.messageIds) },
      );
  const queues = await queuesLeftOver(addresses.broker, signal);
  return { result: summary({ batch, seconds, artifacts }), faults: findFaults({ batch, delivered, queues }) };
}

/**
 * Polls the batch until nothing more can happen to it.
 * @param {import('../system/bring-up.mjs').Addresses} addresses
 * @param {string} url
 * @param {import('../run/log.mjs').Log} log
 * @param {AbortSignal} signal
 */
async function followBatch(addresses, url, log, signal) {
  const show = createProgress(log);
  const batch = await until(
    async () => {
      const dead = addresses.deadApp?.();
      if (dead !== undefined) throw new Error(`${dead.name} ended while it was needed:\n${dead.tail()}`);
      const state = await getJson(url, signal);
      show(state);
      return isSettled(state) ? state : undefined;
    },
    { timeoutMs: batchPatienceMs, intervalMs: 250, signal, what: url },
  );
  show(batch, true);
  return batch;
}

/**
 * E-mails may still be on their way when the boletos are done.
 * @param {import('../run/progress.mjs').Batch} batch
 */
function isSettled({ status, boletos, notifications }) {
  if (!finalStatuses.has(status)) return false;
  return !status.startsWith('completed') || notifications.sent + notifications.failed >= boletos.issued;
}

/**
 * @param {import('../system/bring-up.mjs').Addresses} addresses
 * @param {import('../run/progress.mjs').LinkedBatch} batch
 * @param {string} outFolder
 * @param {import('../run/log.mjs').Log} log
 * @param {AbortSignal} signal
 */
async function downloadArtifacts(addresses, batch, outFolder, log, signal) {
  mkdirSync(outFolder, { recursive: true });
  const { links } = batch;
  const paths = {
    results: join(outFolder, 'results.csv'),
    rejections: join(outFolder, 'rejections.csv'),
    duplicates: join(outFolder, 'duplicates.csv'),
    pdfs: join(outFolder, 'boletos.zip'),
    mailbox: addresses.mailbox,
  };
  log.info('Downloading results, rejections, duplicates and the ZIP of PDFs …');
  await download(links.results, paths.results, signal);
  await download(links.rejections, paths.rejections, signal);
  await download(links.duplicates, paths.duplicates, signal);
  if (!batch.status.startsWith('completed')) return { ...paths, pdfs: null }; // nothing to make PDFs of
  await downloadExport(links.exports, 'pdf-zip', paths.pdfs, signal);
  return paths;
}

/** @param {number} startedAt */
function secondsSince(startedAt) {
  return Math.round((Date.now() - startedAt) / 10) / 100;
}

/**
 * From the upload's arrival to the last boleto, as the system itself recorded it.
 * @param {import('../run/progress.mjs').Batch} batch
 */
function issuedSeconds({ times }) {
  const [from, to] = [Date.parse(times?.receivedAt ?? ''), Date.parse(times?.issuedAt ?? '')];
  return Number.isNaN(from) || Number.isNaN(to) ? null : Math.round((to - from) / 10) / 100;
}
