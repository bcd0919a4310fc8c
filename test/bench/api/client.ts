// Requests as a benchmark wants them: streamed, counted, and nothing kept.
import { once } from 'node:events';
import { Agent, request, type ClientRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { keyHeader } from '#scripts/lib/system/api-key.mjs';

const agent = new Agent({ keepAlive: true });
const BOUNDARY = 'benchmark0123456789';
const BLOCK_BYTES = 65_536;

export function send(
  url: string,
  {
    method = 'GET',
    headers = {},
    body,
    onBlock,
  }: {
    readonly method?: string;
    readonly headers?: Record<string, string | number>;
    readonly body?: Iterable<Buffer>;
    readonly onBlock?: (block: Buffer) => void;
  } = {},
): Promise<{ status: number; bytes: number }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers: { ...keyHeader(url), ...headers }, agent }, (incoming) => {
      let bytes = 0;
      incoming.on('data', (block: Buffer) => {
        bytes += block.length;
        onBlock?.(block);
      });
      incoming.on('error', reject);
      incoming.on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, bytes });
      });
    });
    outgoing.on('error', reject);
    write(outgoing, body ?? []).catch(reject);
  });
}

async function write(outgoing: ClientRequest, blocks: Iterable<Buffer>): Promise<void> {
  for (const block of blocks) {
    if (!outgoing.write(block)) await once(outgoing, 'drain');
  }
  outgoing.end();
}

/** A multipart body with one file, in blocks as a socket takes them. */
function multipart(file: Buffer, times: number): { readonly blocks: Buffer[]; readonly bytes: number } {
  const head = Buffer.from(
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="profile"\r\n\r\nlenient\r\n` +
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="debts.csv"\r\nContent-Type: text/csv\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
  const blocks: Buffer[] = [head];
  for (let time = 0; time < times; time += 1) {
    for (let at = 0; at < file.length; at += BLOCK_BYTES) blocks.push(file.subarray(at, at + BLOCK_BYTES));
  }
  blocks.push(tail);
  return { blocks, bytes: head.length + times * file.length + tail.length };
}

/**
 * Sends a file, of so many times these bytes, and gives MB/s until the answer is there.
 * @param expected statuses
 */
export async function upload(url: string, file: Buffer, expected: readonly number[], times = 1): Promise<number> {
  const { blocks, bytes } = multipart(file, times);
  const headers = { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`, 'Content-Length': bytes };
  const startedAt = performance.now();
  const { status } = await send(url, { method: 'POST', headers, body: blocks });
  const seconds = (performance.now() - startedAt) / 1_000;
  if (!expected.includes(status)) throw new Error(`${url} answered ${String(status)}`);
  return (times * file.length) / 1e6 / seconds;
}

/** Downloads and gives what a second brought, counted by `count` over each block. */
export async function download(
  url: string,
  count: (block: Buffer) => number,
): Promise<{ readonly rate: number; readonly amount: number }> {
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
export async function latencies(url: string, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const startedAt = performance.now();
    const { status } = await send(url);
    if (status !== 200) throw new Error(`${url} answered ${String(status)}`);
    times.push(performance.now() - startedAt);
  }
  return times;
}

async function askDue(url: string, dueAt: number, into: number[]): Promise<void> {
  const { status } = await send(url);
  if (status !== 200) throw new Error(`${url} answered ${String(status)}`);
  into.push(performance.now() - dueAt);
}

/**
 * Requests at a fixed pace, by turns to each address, whether or not those before are answered; milliseconds until the
 * last byte of each, counted from the moment at which the request was due: a server that stalls cannot hide it.
 */
export async function pacedLatencies(
  urls: readonly string[],
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<readonly (readonly number[])[]> {
  const times: number[][] = urls.map(() => []);
  const startedAt = performance.now();
  const asked: Promise<void>[] = [];
  for (let round = 0; round < perSecond * seconds; round += 1) {
    for (const [at, url] of urls.entries()) {
      const dueAt = startedAt + ((round + at / urls.length) * 1_000) / perSecond;
      const waitMs = dueAt - performance.now();
      if (waitMs > 0) await delay(waitMs);
      asked.push(askDue(url, dueAt, times[at] ?? []));
    }
  }
  await Promise.all(asked);
  return times;
}

export function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
