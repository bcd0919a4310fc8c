import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyHeader } from '../lib/system/api-key.mjs';
import { csvHeader, ended, goodRows, multipart, send, upload } from './client.mjs';

/** Blanks that do not end a cell: n²/2 steps for an expression that looks for its end from each of them. */
const blanks = (/** @type {number} */ count) => `x${' '.repeat(count)}é`;

/** A row that is like no other. */
const rowOf = (/** @type {string} */ name) =>
  `${name},52998224725,a@example.com,1.00,2030-01-31,${String(Math.random())}\n`;

/** Below this no ratio of times says anything on a busy machine. */
const noiseMs = 1_500;

/** @param {() => Promise<unknown>} work */
async function timed(work) {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** @param {import('./client.mjs').Context} context */
async function backtracking(context) {
  const plain = await timed(() => upload(context, `x${'y'.repeat(32_000)}é\n`));
  const hostile = await timed(() => upload(context, `${blanks(32_000)}\n`));
  if (hostile > noiseMs && hostile > 5 * plain) {
    return `32,000 blanks in a cell hold upload-api for ${String(Math.round(hostile))} ms, the same bytes without them for ${String(Math.round(plain))}`;
  }
  const through = async (/** @type {string} */ name) => {
    const answer = await upload(context, csvHeader + goodRows(20) + rowOf(name) + rowOf(name));
    if (answer.status === 202) await ended(context, answer.text);
  };
  const good = await timed(() => through(`x${'y'.repeat(16_000)}é`));
  const slow = await timed(() => through(blanks(16_000)));
  if (slow > 2 * noiseMs && slow > 5 * good)
    return `two rows of blanks hold validation for ${String(Math.round(slow))} ms`;
  return await neighbour(context);
}

/**
 * A good file of 100 rows: alone, and sent after the file that stopped all validation.
 * @param {import('./client.mjs').Context} context
 */
async function neighbour(context) {
  const good = async () => {
    const { text } = await upload(context, csvHeader + goodRows(100));
    return await ended(context, text);
  };
  const alone = await timed(good);
  const rows = Array.from({ length: 12 }, () => rowOf(blanks(60_000))).join('');
  const answer = await upload(context, csvHeader + goodRows(1_500) + rows);
  if (answer.status !== 202) return `the file was answered ${String(answer.status)}`;
  const behind = await timed(good);
  await ended(context, answer.text);
  return behind > 3 * alone + 2 * noiseMs
    ? `a good file takes ${String(Math.round(behind))} ms behind twelve rows of blanks, ${String(Math.round(alone))} alone`
    : undefined;
}

/** The header of the key, for a request that is written by hand. @param {string} url */
function keyLine(url) {
  const { authorization } = keyHeader(url);
  return authorization === undefined ? '' : `Authorization: ${authorization}\r\n`;
}

/**
 * An upload that begins and then says nothing.
 * @param {string} url
 * @returns {Promise<{ answer: () => string, isEnded: () => boolean, end: () => void }>}
 */
function openUpload(url) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    let answer = '';
    let isEnded = false;
    const { head, headers } = multipart('');
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `POST /v1/batches HTTP/1.1\r\nHost: ${hostname}:${port}\r\n${keyLine(url)}Content-Type: ${headers['content-type']}\r\nContent-Length: 1000000\r\n\r\n${head}name,`,
      );
      resolve({ answer: () => answer, isEnded: () => isEnded, end: () => socket.destroy() });
    });
    socket.setEncoding('utf8').on('data', (text) => (answer += text));
    socket.on('close', () => (isEnded = true)).on('error', reject);
  });
}

const uploadsAtOnce = 40;
const silenceMsMax = 50_000;

/** @param {import('./client.mjs').Context} context */
async function openUploads(context) {
  const uploads = await Promise.all(Array.from({ length: uploadsAtOnce }, () => openUpload(context.url)));
  try {
    const patience = Date.now() + 8_000;
    const refused = () => uploads.some((each) => / 503 /.test(each.answer()) && each.answer().includes('UPLOADS_FULL'));
    while (!refused() && Date.now() < patience) await sleep(100);
    if (!refused()) return `${String(uploadsAtOnce)} uploads at once are held open, none is told UPLOADS_FULL`;
    const taken = uploads.filter((each) => each.answer() === '');
    const deadline = Date.now() + silenceMsMax;
    while (taken.some((each) => !each.isEnded()) && Date.now() < deadline) await sleep(250);
    const silent = taken.filter((each) => !each.isEnded()).length;
    return silent === 0
      ? undefined
      : `${String(silent)} uploads that send nothing are open after ${String(silenceMsMax / 1000)} s`;
  } finally {
    for (const each of uploads) each.end();
  }
}

const preambleBytes = 4 * 1024 * 1024;

/**
 * Bytes that are no file, in chunks, so that no length announces them.
 * @param {import('./client.mjs').Context} context
 */
async function preamble(context) {
  const field = '--b\r\nContent-Disposition: form-data; name="profile"\r\n\r\n';
  for (const { start, where } of [
    { start: '', where: 'before the first boundary' },
    { start: field, where: 'in a field' },
  ]) {
    const why = await endless(context, start, where);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** @param {import('./client.mjs').Context} context @param {string} start of the body @param {string} where */
async function endless(context, start, where) {
  const { hostname, port } = new URL(context.url);
  const answer = await new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => {
      const head = `POST /v1/batches HTTP/1.1\r\nHost: ${hostname}:${port}\r\n${keyLine(context.url)}Transfer-Encoding: chunked\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n`;
      socket.write(head);
      if (start !== '') socket.write(`${start.length.toString(16)}\r\n${start}\r\n`);
      const block = Buffer.alloc(65_536, 0x61);
      for (let sent = 0; sent < preambleBytes; sent += block.length) {
        socket.write('10000\r\n');
        socket.write(block);
        socket.write('\r\n');
      }
    });
    const timer = setTimeout(() => socket.destroy(), 8_000);
    socket.setEncoding('utf8').on('data', (part) => (text += part));
    socket.on('error', () => undefined); // refused while we still sent
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
    void reject;
  });
  return /^HTTP\/1\.1 4\d\d /.test(answer)
    ? undefined
    : `${String(preambleBytes)} bytes ${where} are read without a word`;
}

/** @param {import('./client.mjs').Context} context */
async function columns(context) {
  const titles = Array.from({ length: 11_000 }, (_, at) => `c${String(at)}`).join(',');
  const row = `${goodRows(1).trim()}${','.repeat(11_000)}\n`;
  const header = `${csvHeader.trim()},${titles}\n`;
  const answer = await upload(context, header + row);
  if (answer.status === 422 && answer.code === 'HEADER_TOO_WIDE') return undefined;
  if (answer.status !== 202)
    return `11,000 columns were answered ${String(answer.status)} ${String(answer.code)}, not 422 HEADER_TOO_WIDE`;
  const batch = await ended(context, answer.text);
  const { text } = await send(`${context.url}/v1/batches/${batch.id}`);
  return batch.failure?.code === 'HEADER_TOO_WIDE' && text.length < 20_000
    ? undefined
    : `11,000 columns make an answer of ${String(text.length)} bytes`;
}

export const uploadProbes = [
  { id: 'F1', what: 'an expression that backtracks on cells', run: backtracking },
  { id: 'F10', what: 'bytes outside of the file', run: preamble },
  { id: 'F14', what: 'columns without end', run: columns },
];

/** For the end: while these uploads are open, nothing else may be uploaded. */
export const openUploadProbes = [{ id: 'F2', what: 'uploads that are held open', run: openUploads }];
