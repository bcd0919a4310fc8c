import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { request } from 'node:http';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../run/user-error.mjs';
import { until } from '../run/wait.mjs';
import { keyHeader } from './api-key.mjs';

/**
 * The answer to an upload, as far as this looks at it.
 * @typedef {{ id: string, links: { self: string } }} AcceptedUpload
 */

/**
 * Uploads a file as multipart/form-data, streamed from disk.
 * @param {string} url
 * @param {string} path
 * @param {Record<string, string>} fields sent before the file
 * @param {AbortSignal} signal
 * @returns {Promise<{ status: number, body: AcceptedUpload }>} 202 a new batch, 200 the first batch of the same bytes
 */
export async function uploadFile(url, path, fields, signal) {
  const boundary = `smart-billing-${randomUUID()}`;
  const head = Object.entries(fields)
    .map(([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    .join('');
  const fileName = basename(path).replaceAll(/["\r\n]/g, '_');
  const before = Buffer.from(
    `${head}--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${fileName}"\r\nContent-Type: text/csv\r\n\r\n`,
  );
  const after = Buffer.from(`\r\n--${boundary}--\r\n`);
  const body = async function* body() {
    yield before;
    yield* createReadStream(path, { highWaterMark: 1_048_576 });
    yield after;
  };
  const { status, text } = await post(
    url,
    body,
    {
      ...keyHeader(url),
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': before.length + statSync(path).size + after.length,
    },
    signal,
  );
  if (status !== 200 && status !== 202) throw refusal('The upload was refused', status, text);
  return { status, body: JSON.parse(text) };
}

/**
 * @param {string} url
 * @param {() => AsyncIterable<Buffer>} body
 * @param {Record<string, string | number>} headers
 * @param {AbortSignal} signal
 */
function post(url, body, headers, signal) {
  /** @type {Promise<{ status: number, text: string }>} */
  const answered = new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', headers, signal }, (response) => {
      /** @type {Buffer[]} */ const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    outgoing.on('error', reject);
    // A server that refuses early closes the connection while we still send: its answer counts, not the broken pipe.
    pipeline(Readable.from(body()), outgoing).catch(() => {});
  });
  return answered;
}

/** @param {string} url @param {AbortSignal} signal */
export async function getJson(url, signal) {
  const response = await fetch(url, { headers: keyHeader(url), signal });
  const text = await response.text();
  if (!response.ok) throw refusal(`GET ${url} failed`, response.status, text);
  return JSON.parse(text);
}

/** @param {string} url @param {string} path @param {AbortSignal} signal */
export async function download(url, path, signal) {
  const response = await fetch(url, { headers: keyHeader(url), signal });
  if (!response.ok || response.body === null)
    throw refusal(`GET ${url} failed`, response.status, await response.text());
  await pipeline(response.body, createWriteStream(path, { mode: 0o600 }));
}

/**
 * Asks for an export of a batch, waits for it, downloads it.
 * @param {string} url the batch's exports
 * @param {string} format
 * @param {string} path where it goes
 * @param {AbortSignal} signal
 */
export async function downloadExport(url, format, path, signal) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...keyHeader(url), 'content-type': 'application/json' },
    body: JSON.stringify({ format }),
    signal,
  });
  const text = await response.text();
  if (!response.ok) throw refusal(`The export ${format} was refused`, response.status, text);
  const { links } = JSON.parse(text);
  const self = new URL(links.self, url).href;
  const job = await until(
    async () => {
      const state = await getJson(self, signal);
      if (state.status === 'failed') throw new Error(`the export ${format} failed: ${JSON.stringify(state)}`);
      return state.status === 'completed' ? state : undefined;
    },
    { timeoutMs: 600_000, intervalMs: 250, signal, what: `export ${format}` },
  );
  await download(new URL(job.links?.download ?? links.download, url).href, path, signal);
}

/**
 * @param {string} what
 * @param {number} status
 * @param {string} text
 */
function refusal(what, status, text) {
  let detail = text;
  try {
    const problem = JSON.parse(text);
    detail = [problem.code, problem.detail ?? problem.title].filter(Boolean).join(': ');
  } catch {
    // not problem+json: the text itself says what there is to say
  }
  return new UserError(`${what} (${String(status)}): ${detail}`);
}
