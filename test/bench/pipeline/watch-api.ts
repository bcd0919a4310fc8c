// A thread of measure.ts: asks for a batch as an impatient client would, until it is told to stop, and tells how long
// each answer took. Checks that progress only grows and never exceeds the file.
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Expected } from './file.ts';

const POLL_MS = 200;

/** The message of the thread at its end. */
export interface Told {
  readonly times: readonly number[];
  readonly faults: readonly string[];
}

interface Watched {
  readonly url: string;
  /** The key of the run: this thread shares none of the memory where it is kept. */
  readonly headers: Readonly<Record<string, string>>;
  readonly expected: Expected;
}

const { url, headers, expected } = workerData as Watched;
const parent = parentPort;
if (parent === null) throw new Error('this is a thread of measure.ts');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const stopping = new AbortController();
parent.once('message', () => {
  stopping.abort();
});

const times: number[] = [];
const faults: string[] = [];
let last = { validated: 0, issued: 0 };

async function look(): Promise<void> {
  const startedAt = performance.now();
  const { status, body } = await getBody();
  times.push(performance.now() - startedAt);
  if (status !== 200) faults.push(`GET ${url} answered ${String(status)}`);
  else {
    const now = progressOf(JSON.parse(body) as Batch);
    if (now.validated < last.validated || now.issued < last.issued) faults.push('progress went backwards');
    if (now.validated > expected.read || now.issued > expected.accepted) faults.push('progress beyond the file');
    last = now;
  }
  await sleep(Math.max(0, POLL_MS - (performance.now() - startedAt)), undefined, { signal: stopping.signal });
}

interface Batch {
  readonly rows: Readonly<Record<'accepted' | 'duplicate' | 'rejected', number>> & { readonly dead?: number };
  readonly boletos: { readonly issued: number };
}

function progressOf({ rows, boletos }: Batch): { readonly validated: number; readonly issued: number } {
  return { validated: rows.accepted + rows.duplicate + rows.rejected + (rows.dead ?? 0), issued: boletos.issued };
}

function getBody(): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
    request.on('error', reject);
  });
}

try {
  while (!stopping.signal.aborted) await look();
} catch (error) {
  if (!(error instanceof Error && error.name === 'AbortError')) faults.push(String(error));
}
agent.destroy();
parent.postMessage({ times, faults } satisfies Told, []);
