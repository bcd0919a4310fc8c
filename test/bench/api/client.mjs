// Requests as a benchmark wants them: streamed, counted, and nothing kept.
import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true });
const BOUNDARY = 'benchmark0123456789';
const BLOCK_BYTES = 65_536;

/**
 * @param {string} url
 * @param {{ method?: string, headers?: Record<string, string | number>, body?: AsyncIterable<Buffer> |
 *   Iterable<Buffer>, onBlock?: (block: Buffer) => void }} [options]
 * @returns {Promise<{ status: number, bytes: number }>}
 */
export function send(url, { method = 'GET', headers = {}, body, onBlock } = {}) {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent }, (incoming) => {
      let bytes = 0;
      incoming.on('data', (block) => {
        bytes += block.length;
        onBlock?.(block);
      });
      incoming.on('error', reject);
      incoming.on('end', () => resolve({ status: incoming.statusCode, bytes }));
    });
    outgoing.on('error', reject);
    write(outgoing, body ?? []).catch(reject);
  });
}

async function write(outgoing, blocks) {
  for (const block of blocks) {
    if (!outgoing.write(block)) await new Promise((resolve) => outgoing.once('drain', resolve));
  }
  outgoing.end();
}

/** A multipart body with one file, in blocks as a socket takes them. */
function multipart(file, times) {
  const head = Buffer.from(
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="profile"\r\n\r\nlenient\r\n` +
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="debts.csv"\r\nContent-Type: text/csv\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
  const blocks = [head];
  for (let time = 0; time < times; time += 1) {
    for (let at = 0; at < file.length; at += BLOCK_BYTES) blocks.push(file.subarray(at, at + BLOCK_BYTES));
  }
  blocks.push(tail);
  return { blocks, bytes: head.length + times * file.length + tail.length };
}

/**
 * Sends a file, of so many times these bytes, and gives MB/s until the answer is there.
 * @param {string} url @param {Buffer} file @param {number[]} expected statuses
 */
export async function upload(url, file, expected, times = 1) {
  const { blocks, bytes } = multipart(file, times);
  const headers = { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`, 'Content-Length': bytes };
  const startedAt = performance.now();
  const { status } = await send(url, { method: 'POST', headers, body: blocks });
  const seconds = (performance.now() - startedAt) / 1_000;
  if (!expected.includes(status)) throw new Error(`${url} answered ${String(status)}`);
  return (times * file.length) / 1e6 / seconds;
}

/** Downloads and gives what a second brought, counted by `count` over each block. */
export async function download(url, count) {
  let amount = 0;
  const startedAt = performance.now();
  const { status } = await send(url, {
    onBlock: (block) => {
      amount += count(block);
    },
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  if (status !== 200) throw new Error(`${url} answered ${String(status)}`);
  return { rate: amount / seconds, amount };
}

/** One request after the other; milliseconds until the last byte of each. */
export async function latencies(url, count) {
  const times = [];
  for (let i = 0; i < count; i += 1) {
    const startedAt = performance.now();
    const { status } = await send(url);
    if (status !== 200) throw new Error(`${url} answered ${String(status)}`);
    times.push(performance.now() - startedAt);
  }
  return times;
}

export function percentile(times, share) {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
