// A thread of measure.mjs: asks for a batch as an impatient client would, until it is told to stop, and tells how long
// each answer took. Checks that progress only grows and never exceeds the file.
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

const POLL_MS = 200;

const { url, expected } = workerData;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const stopping = new AbortController();
parentPort.once('message', () => stopping.abort());

const times = [];
const faults = [];
let last = { validated: 0, issued: 0 };

async function look() {
  const startedAt = performance.now();
  const { status, body } = await getBody();
  times.push(performance.now() - startedAt);
  if (status !== 200) faults.push(`GET ${url} answered ${String(status)}`);
  else {
    const now = progressOf(JSON.parse(body));
    if (now.validated < last.validated || now.issued < last.issued) faults.push('progress went backwards');
    if (now.validated > expected.read || now.issued > expected.accepted) faults.push('progress beyond the file');
    last = now;
  }
  await sleep(Math.max(0, POLL_MS - (performance.now() - startedAt)), undefined, { signal: stopping.signal });
}

function progressOf({ rows, boletos }) {
  return { validated: rows.accepted + rows.duplicate + rows.rejected + (rows.dead ?? 0), issued: boletos.issued };
}

function getBody() {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString('utf8') }));
    });
    request.on('error', reject);
  });
}

try {
  while (!stopping.signal.aborted) await look();
} catch (error) {
  if (error.name !== 'AbortError') faults.push(String(error));
}
agent.destroy();
parentPort.postMessage({ times, faults }, []);
