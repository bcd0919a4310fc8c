import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { projectFolder } from '../run/paths.mjs';

/** @typedef {typeof import('../../../apps/notifier/src/boletos/boleto-message-id.ts')} BoletoMessageIds */

/** The last two cells of a line of results.csv: the boleto's id and what became of its e-mail. */
const boletoOfLine = /,([0-9a-f-]{36}),[a-z]{1,10}$/;

/**
 * The Message-IDs of the boletos in a results.csv, by which their e-mails are found in a mailbox.
 * @param {string} resultsFile
 * @param {{ secret: string, domain: string }} settings
 * @returns {Promise<ReadonlySet<string>>}
 */
export async function messageIdsOf(resultsFile, settings) {
  // From dist, which a fresh clone builds first.
  const { boletoMessageId } = /** @type {BoletoMessageIds} */ (
    await import(pathToFileURL(join(projectFolder, 'dist/apps/notifier/src/boletos/boleto-message-id.js')).href)
  );
  /** @type {Set<string>} */ const ids = new Set();
  for await (const line of createInterface({ input: createReadStream(resultsFile), crlfDelay: Infinity })) {
    const boletoId = boletoOfLine.exec(line)?.[1];
    if (boletoId !== undefined) ids.add(boletoMessageId({ boletoId, kind: 'boleto_issued' }, settings));
  }
  return ids;
}
