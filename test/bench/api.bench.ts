// The HTTP APIs: an upload of 100 MB, the state of a batch of a million rows, its CSVs; each against the least that a
// server of the same machine can do. Wall-clock: several processes work at once.
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { Log } from '#scripts/lib/run/log.mjs';
import { projectFolder } from '#scripts/lib/run/paths.mjs';
import type { Run } from '#scripts/lib/run/run.mjs';
import { until } from '#scripts/lib/run/wait.mjs';
import { freePorts } from '#scripts/lib/services/ports.mjs';
import { startPostgresServer } from '#scripts/lib/services/postgres.mjs';
import { requirePrograms } from '#scripts/lib/services/stack.mjs';
import { useKey } from '#scripts/lib/system/api-key.mjs';
import { System } from '#scripts/lib/system/system.mjs';
import { download, latencies, pacedLatencies, percentile, send, upload } from './api/client.ts';
import { BATCH_ID, insertRun, readByCursor } from './api/data.ts';
import type { BenchContext } from './lib/context.ts';
import { debtsCsv } from './lib/debts-csv.ts';
import { alternate, logLine, ratioOf, rounded, ROUNDS, summarise } from './lib/rounds.ts';
import { peakMemoryOf } from './pipeline/processes.ts';

const UPLOAD_BYTES = 100_000_000;
const REQUESTS = 500;
/** The load under which the price of row policies is measured. */
const PACE = { perSecond: 200, seconds: 60 } as const;
/** Boletos of the batch whose e-mail is sent; the others wait for theirs. */
const NOTIFIED_MAX = 300_000;
const NEWLINE = 10;
const floorServer = fileURLToPath(new URL(`api-floor-server${extname(import.meta.url)}`, import.meta.url));
/** upload-api starts without a broker, because no relay publishes here. */
const NO_BROKER = 'amqp://127.0.0.1:9/none';

function countLines(block: Buffer): number {
  let lines = 0;
  for (let at = block.indexOf(NEWLINE); at >= 0; at = block.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}

/** PostgreSQL, the two APIs and the gateway, the batch to read, and the floor's server. */
interface Parts {
  readonly uploadUrl: string;
  readonly gatewayUrl: string;
  readonly gatewayPid: number;
  readonly storageFolder: string;
  readonly batchUrl: string;
  /** The same batch, from a billing-api that is the owner of the tables: row policies are not for it. */
  readonly freeBatchUrl: string;
  readonly floorUrl: string;
  readonly client: pg.Client;
  readonly rows: number;
  readonly readPid: number;
}

async function prepare(run: Run, log: Log, rows: number): Promise<Parts> {
  const { postgres } = await requirePrograms(run, ['postgres'], log);
  const { url: databaseUrl, ownerUrl } = await startPostgresServer(run, postgres);
  const system = await System.create({ run, databaseUrl, ownerUrl, rabbitmqUrl: NO_BROKER });
  run.addTemporary(system.storageFolder);
  await system.migrate();
  system.start('upload-api');
  const readApi = system.start('billing-api');
  const gateway = system.start('gateway');
  await system.ready();

  const client = new pg.Client({ connectionString: databaseUrl });
  // An interrupted run stops the server before it comes to us.
  client.on('error', () => undefined);
  await client.connect();
  log.info(`Writing a batch of ${String(rows)} rows …`);
  await insertRun(client, { rows, notified: Math.min(rows, NOTIFIED_MAX) });

  const batchUrl = `${system.billingApiUrl}/v1/batches/${BATCH_ID}`;
  const copy = join(run.folder, 'results.csv');
  const blocks: Buffer[] = [];
  await send(`${batchUrl}/results.csv`, { onBlock: (block) => blocks.push(block) });
  writeFileSync(copy, Buffer.concat(blocks));
  const [port, freePort] = await freePorts(2);
  run.spawn('floor', process.execPath, [floorServer, String(port), copy], {
    cwd: projectFolder,
  });
  const floorUrl = `http://127.0.0.1:${String(port)}`;
  await until(() => send(`${floorUrl}/small`).catch(() => undefined), {
    timeoutMs: 10_000,
    signal: run.signal,
    what: 'the floor',
  });
  const freeUrl = `http://127.0.0.1:${String(freePort)}`;
  system.startAnother('billing-api', 'billing-api-owner', { DATABASE_URL: ownerUrl, HTTP_PORT: String(freePort) });
  if (system.apiKey !== undefined) useKey(freeUrl, system.apiKey);
  await until(() => send(`${freeUrl}/v1/batches/${BATCH_ID}`).catch(() => undefined), {
    timeoutMs: 20_000,
    signal: run.signal,
    what: 'the second billing-api',
  });
  return {
    uploadUrl: `${system.uploadApiUrl}/v1/batches`,
    gatewayUrl: `${system.url}/v1/batches`,
    gatewayPid: gateway.pid,
    storageFolder: system.storageFolder,
    batchUrl,
    freeBatchUrl: `${freeUrl}/v1/batches/${BATCH_ID}`,
    floorUrl,
    client,
    rows,
    readPid: readApi.pid,
  };
}

async function benchUpload(log: Log, { uploadUrl, floorUrl }: Parts): Promise<object> {
  const { bytes, headerBytes } = debtsCsv({ kind: 'lenient', bytes: UPLOAD_BYTES });
  let round = 0;
  const rates = await alternate({
    api: () => {
      // The same bytes again would be the same batch: each file has a first name of its own.
      bytes.write(`R${String((round += 1)).padStart(3, '0')}`, headerBytes);
      return upload(uploadUrl, bytes, [202]);
    },
    floor: () => upload(`${floorUrl}/upload`, bytes, [200]),
  });
  const ratio = ratioOf(rates.api, rates.floor);
  logLine(log, 'upload', summarise(rates.api), { digits: 0, unit: 'MB/s' });
  logLine(log, 'upload, bare server', summarise(rates.floor), { digits: 0, unit: 'MB/s' });
  logLine(log, 'upload, ratio', ratio, { digits: 2, unit: 'times' });
  return {
    mbPerSecond: rounded(summarise(rates.api)),
    floorMbPerSecond: rounded(summarise(rates.floor)),
    ratio: rounded(ratio, 2),
  };
}

/** Removes what was uploaded: no program reads it here. */
function removeFiles(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (statSync(path).isFile()) rmSync(path);
  }
}

/**
 * The same upload with the gateway and without it, in turns. The bytes of a smaller file are sent as often as needed,
 * so that this process holds less than it sends.
 */
async function benchGateway(
  log: Log,
  { uploadUrl, gatewayUrl, gatewayPid, storageFolder }: Parts,
  totalBytes: number,
): Promise<object> {
  const { bytes, headerBytes } = debtsCsv({ kind: 'lenient', bytes: Math.min(UPLOAD_BYTES, totalBytes) });
  const times = Math.max(1, Math.round(totalBytes / bytes.length));
  let round = 0;
  const run = (url: string) => async (): Promise<number> => {
    bytes.write(`G${String((round += 1)).padStart(3, '0')}`, headerBytes);
    const rate = await upload(url, bytes, [202], times);
    removeFiles(storageFolder); // ten of them would fill a small disk
    return rate;
  };
  const rates = await alternate({ gateway: run(gatewayUrl), direct: run(uploadUrl) });
  const ratio = ratioOf(rates.gateway, rates.direct);
  const peakMb = peakMemoryOf({ gateway: gatewayPid })['gateway'] ?? NaN;
  const megabytes = Math.round((bytes.length * times) / 1e6);
  logLine(log, `upload of ${String(megabytes)} MB by the gateway`, summarise(rates.gateway), {
    digits: 0,
    unit: 'MB/s',
  });
  logLine(log, 'the same without it', summarise(rates.direct), { digits: 0, unit: 'MB/s' });
  logLine(log, 'upload by the gateway, ratio', ratio, { digits: 2, unit: 'times' });
  log.info(`  memory of the gateway at its peak: ${String(Math.round(peakMb))} MB`);
  return {
    megabytes,
    mbPerSecond: rounded(summarise(rates.gateway)),
    directMbPerSecond: rounded(summarise(rates.direct)),
    ratio: rounded(ratio, 2),
    peakMb: Math.round(peakMb),
  };
}

/** Alone, and beside a download that keeps API and database at work. */
async function benchGet(log: Log, { batchUrl, freeBatchUrl, floorUrl }: Parts): Promise<object> {
  const result: Record<string, { readonly p50Ms: number; readonly p99Ms: number }> = {};
  const report = (name: string, times: readonly number[]): void => {
    const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
    log.info(
      `  ${`GET a batch, ${name}`.padEnd(36)}${p50.toFixed(2).padStart(9)} ms p50 ${p99.toFixed(2).padStart(9)} ms p99`,
    );
    result[name] = { p50Ms: Number(p50.toFixed(2)), p99Ms: Number(p99.toFixed(2)) };
  };
  await latencies(batchUrl, 50);
  report('alone', await latencies(batchUrl, REQUESTS));
  report('floor', await latencies(`${floorUrl}/small`, REQUESTS));
  const busy = download(`${batchUrl}/results.csv`, () => 0);
  report('busy', await latencies(batchUrl, REQUESTS));
  await busy;
  const [policies = [], none = []] = await pacedLatencies([batchUrl, freeBatchUrl], PACE);
  report(`${String(PACE.perSecond)} a second`, policies);
  report('the same without row policies', none);
  return result;
}

/** Downloads a CSV of so many lines, its header included, and gives lines a second. */
async function whole(url: string, lines: number): Promise<number> {
  const { rate, amount } = await download(url, countLines);
  if (amount !== lines) throw new Error(`${url} has ${String(amount)} lines, ${String(lines)} are expected`);
  return rate;
}

async function benchResults(log: Log, { batchUrl, floorUrl, client, rows, readPid }: Parts): Promise<object> {
  const rates = await alternate({
    api: () => whole(`${batchUrl}/results.csv`, rows + 1),
    file: () => whole(`${floorUrl}/file`, rows + 1),
    cursor: () => readByCursor(client, rows),
    rejections: () => whole(`${batchUrl}/rejections.csv`, 2 * Math.floor(rows / 2) + 1),
  });
  const peakMb = peakMemoryOf({ api: readPid })['api'] ?? NaN;
  logLine(log, 'results.csv', summarise(rates.api), { digits: 0, unit: 'rows/s' });
  logLine(log, 'the same bytes of a file', summarise(rates.file), { digits: 0, unit: 'rows/s' });
  logLine(log, 'the same rows by a cursor', summarise(rates.cursor), { digits: 0, unit: 'rows/s' });
  logLine(log, 'results.csv, ratio to the cursor', ratioOf(rates.api, rates.cursor), { digits: 2, unit: 'times' });
  logLine(log, 'rejections.csv', summarise(rates.rejections), { digits: 0, unit: 'lines/s' });
  log.info(`  memory of billing-api at its peak: ${String(Math.round(peakMb))} MB`);
  return {
    rowsPerSecond: rounded(summarise(rates.api)),
    fileRowsPerSecond: rounded(summarise(rates.file)),
    cursorRowsPerSecond: rounded(summarise(rates.cursor)),
    ratio: rounded(ratioOf(rates.api, rates.cursor), 2),
    rejectionLinesPerSecond: rounded(summarise(rates.rejections)),
    peakMb: Math.round(peakMb),
  };
}

/** @returns medians of five rounds: `upload` and `gateway` in MB/s, `get` in milliseconds, `results` in rows/s */
export async function benchApi({ log, run, options }: BenchContext): Promise<object> {
  const parts = await prepare(run, log, options.rows);
  log.info(`The APIs, median of ${String(ROUNDS)} rounds (and spread):`);
  try {
    return {
      upload: await benchUpload(log, parts),
      gateway: await benchGateway(log, parts, options.uploadMb * 1e6),
      get: await benchGet(log, parts),
      results: await benchResults(log, parts),
    };
  } finally {
    await parts.client.end();
  }
}
