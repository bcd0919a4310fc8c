import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyHeader } from '../lib/system/api-key.mjs';
import { CSV_HEADER } from '../sample.mjs';

const answerMsMax = 30_000;
const answerBytesMax = 4 * 1024 * 1024;
const batchMsMax = 60_000;
const finalStatuses = new Set(['completed', 'completed_with_rejections', 'failed', 'cancelled']);

/**
 * @typedef {object} Context what a probe is given
 * @property {string} url of the gateway
 * @property {string} mailbox folder
 * @property {string} runFolder of the stack, with its run.json
 * @property {readonly string[]} appNames
 * @property {string | undefined} managementUrl of the broker
 */

/** The headers of a request that carries no key. @type {Record<string, string>} */
export const noKey = { authorization: '' };

/**
 * One request with any header, Host too, which fetch does not let a caller write. An attacker's client checks nothing.
 * An empty Authorization is not sent, and neither is the stack's own key then.
 * @param {string} url
 * @param {{ method?: string, path?: string, headers?: Record<string, string>, body?: Buffer | string, localAddress?:
 *   string }} [options]
 * @returns {Promise<{ status: number, headers: import('node:http').IncomingHttpHeaders, text: string, code?: string }>}
 */
export function send(url, { method = 'GET', path, headers = {}, body, localAddress } = {}) {
  const { authorization, ...others } = { ...keyHeader(url), ...headers };
  return new Promise((resolve, reject) => {
    const target = new URL(url);
    const outgoing = request(
      {
        host: target.hostname,
        port: target.port,
        localAddress,
        path: path ?? target.pathname + target.search,
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
          ...others,
          ...(authorization === undefined || authorization === '' ? {} : { authorization }),
        },
        signal: AbortSignal.timeout(answerMsMax),
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part) => {
          text += part;
          if (text.length > answerBytesMax) response.destroy(new Error('an answer without an end'));
        });
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, code: codeOf(text) }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** @param {string} text */
function codeOf(text) {
  try {
    return JSON.parse(text).code;
  } catch {
    return undefined;
  }
}

/** The multipart body of one file. @param {Buffer | string} content @param {Record<string, string>} [fields] */
export function multipart(content, fields = {}, fileName = 'probe.csv') {
  const boundary = `probe-${randomUUID()}`;
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head = `${parts.join('')}--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${fileName}"\r\nContent-Type: text/csv\r\n\r\n`;
  return {
    head,
    boundary,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat([Buffer.from(head), Buffer.from(content), Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
}

/**
 * @param {Context} context
 * @param {Buffer | string} content
 * @param {{ headers?: Record<string, string>, fields?: Record<string, string>, fileName?: string }} [options]
 */
export async function upload(context, content, { headers = {}, fields = {}, fileName } = {}) {
  const { headers: own, body } = multipart(content, fields, fileName);
  return await send(`${context.url}/v1/batches`, { method: 'POST', headers: { ...own, ...headers }, body });
}

/**
 * The batch of an upload that was taken, when nothing more happens to it.
 * @param {Context} context
 * @param {string} text of its answer
 */
export async function ended(context, text) {
  const { id } = JSON.parse(text);
  const deadline = Date.now() + batchMsMax;
  for (;;) {
    const batch = JSON.parse((await send(`${context.url}/v1/batches/${id}`)).text);
    const { status, boletos, notifications } = batch;
    const isMailed = !status.startsWith('completed') || notifications.sent + notifications.failed >= boletos.issued;
    if (finalStatuses.has(status) && isMailed) return batch;
    if (Date.now() > deadline) throw new Error(`the batch ${id} has not ended after ${String(batchMsMax / 1000)} s`);
    await sleep(200);
  }
}

export const csvHeader = `${CSV_HEADER}\n`;

/**
 * Good rows that no earlier probe has sent.
 * @param {number} count
 * @param {{ name?: string, debtId?: string }} [over]
 */
export function goodRows(count, { name = 'Maria da Silva', debtId } = {}) {
  const year = new Date().getUTCFullYear() + 1;
  return Array.from({ length: count }, () => {
    const id = debtId ?? randomUUID();
    return `${name},52998224725,probe@example.com,10.00,${String(year)}-01-31,${id}\n`;
  }).join('');
}
