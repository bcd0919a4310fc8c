// The HTTP APIs: an upload of 100 MB, the state of a batch of a million rows, its CSVs; each against the least that a
// server of the same machine can do. Wall-clock: several processes work at once.
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { projectFolder } from '../../scripts/lib/run/paths.mjs';
import { freePorts } from '../../scripts/lib/services/ports.mjs';
import { startPostgres } from '../../scripts/lib/services/postgres.mjs';
import { requirePrograms } from '../../scripts/lib/services/stack.mjs';
import { System } from '../../scripts/lib/system/system.mjs';
import { until } from '../../scripts/lib/run/wait.mjs';
import { download, latencies, percentile, send, upload } from './api/client.mjs';
import { BATCH_ID, insertRun, readByCursor } from './api/data.mjs';
import { debtsCsv } from './lib/debts-csv.mjs';
import { alternate, logLine, ratioOf, rounded, ROUNDS, summarise } from './lib/rounds.mjs';
import { peakMemoryOf } from './pipeline/processes.mjs';

const UPLOAD_BYTES = 100_000_000;
const REQUESTS = 500;
/** Boletos of the batch whose e-mail is sent; the others wait for theirs. */
const NOTIFIED_MAX = 300_000;
const NEWLINE = 10;
/** upload-api starts without a broker, because no relay publishes here. */
const NO_BROKER = 'amqp://127.0.0.1:9/none';

function countLines(block) {
  let lines = 0;
  for (let at = block.indexOf(NEWLINE); at >= 0; at = block.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}

/** PostgreSQL, the two APIs, the batch to read, and the floor's server. */
async function prepare(run, log, rows) {
  const { postgres } = await requirePrograms(run, ['postgres'], log);
  const databaseUrl = await startPostgres(run, postgres);
  const system = await System.create({ run, databaseUrl, rabbitmqUrl: NO_BROKER });
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
  const blocks = [];
  await send(`${batchUrl}/results.csv`, { onBlock: (block) => blocks.push(block) });
  writeFileSync(copy, Buffer.concat(blocks));
  const [port] = await freePorts(1);
  run.spawn('floor', process.execPath, [join(projectFolder, 'test/bench/api-floor-server.mjs'), String(port), copy], {
    cwd: projectFolder,
  });
  const floorUrl = `http://127.0.0.1:${String(port)}`;
  await until(() => send(`${floorUrl}/small`).catch(() => undefined), {
    timeoutMs: 10_000,
    signal: run.signal,
    what: 'the floor',
  });
  return {
    uploadUrl: `${system.uploadApiUrl}/v1/batches`,
    gatewayUrl: `${system.url}/v1/batches`,
    gatewayPid: gateway.pid,
    storageFolder: system.storageFolder,
    batchUrl,
    floorUrl,
    client,
    rows,
    readPid: readApi.pid,
  };
}

async function benchUpload(log, { uploadUrl, floorUrl }) {
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
  logLine(log, 'upload', summarise(rates.api), 0, 'MB/s');
  logLine(log, 'upload, bare server', summarise(rates.floor), 0, 'MB/s');
  logLine(log, 'upload, ratio', ratio, 2, 'times');
  return {
    mbPerSecond: rounded(summarise(rates.api)),
    floorMbPerSecond: rounded(summarise(rates.floor)),
    ratio: rounded(ratio, 2),
  };
}

/** Removes what was uploaded: no program reads it here. */
function removeFiles(folder) {
  for (const name of readdirSync(folder, { recursive: true })) {
    const path = join(folder, String(name));
    if (statSync(path).isFile()) rmSync(path);
  }
}

/**
 * The same upload with the gateway and without it, in turns. The bytes of a smaller file are sent as often as needed,
 * so that this process holds less than it sends.
 */
async function benchGateway(log, { uploadUrl, gatewayUrl, gatewayPid, storageFolder }, totalBytes) {
  const { bytes, headerBytes } = debtsCsv({ kind: 'lenient', bytes: Math.min(UPLOAD_BYTES, totalBytes) });
  const times = Math.max(1, Math.round(totalBytes / bytes.length));
  let round = 0;
  const run = (url) => async () => {
    bytes.write(`G${String((round += 1)).padStart(3, '0')}`, headerBytes);
    const rate = await upload(url, bytes, [202], times);
    removeFiles(storageFolder); // ten of them would fill a small disk
    return rate;
  };
  const rates = await alternate({ gateway: run(gatewayUrl), direct: run(uploadUrl) });
  const ratio = ratioOf(rates.gateway, rates.direct);
  const peakMb = peakMemoryOf({ gateway: gatewayPid }).gateway;
  const megabytes = Math.round((bytes.length * times) / 1e6);
  logLine(log, `upload of ${String(megabytes)} MB by the gateway`, summarise(rates.gateway), 0, 'MB/s');
  logLine(log, 'the same without it', summarise(rates.direct), 0, 'MB/s');
  logLine(log, 'upload by the gateway, ratio', ratio, 2, 'times');
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
async function benchGet(log, { batchUrl, floorUrl }) {
  const result = {};
  const report = (name, times) => {
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
  return result;
}

/** Downloads a CSV of so many lines, its header included, and gives lines a second. */
async function whole(url, lines) {
  const { rate, amount } = await download(url, countLines);
  if (amount !== lines) throw new Error(`${url} has ${String(amount)} lines, ${String(lines)} are expected`);
  return rate;
}

async function benchResults(log, { batchUrl, floorUrl, client, rows, readPid }) {
  const rates = await alternate({
    api: () => whole(`${batchUrl}/results.csv`, rows + 1),
    file: () => whole(`${floorUrl}/file`, rows + 1),
    cursor: () => readByCursor(client, rows),
    rejections: () => whole(`${batchUrl}/rejections.csv`, 2 * Math.floor(rows / 2) + 1),
  });
  const peakMb = peakMemoryOf({ api: readPid }).api;
  logLine(log, 'results.csv', summarise(rates.api), 0, 'rows/s');
  logLine(log, 'the same bytes of a file', summarise(rates.file), 0, 'rows/s');
  logLine(log, 'the same rows by a cursor', summarise(rates.cursor), 0, 'rows/s');
  logLine(log, 'results.csv, ratio to the cursor', ratioOf(rates.api, rates.cursor), 2, 'times');
  logLine(log, 'rejections.csv', summarise(rates.rejections), 0, 'lines/s');
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

/**
 * @param {{ log: { info: (text: string) => void }, run: import('../../scripts/lib/run/run.mjs').Run,
 *   options: { rows: number, uploadMb: number } }} context
 * @returns medians of five rounds: `upload` and `gateway` in MB/s, `get` in milliseconds, `results` in rows/s
 */
export async function benchApi({ log, run, options }) {
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
