import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatLinhaDigitavel } from '#boleto';
import { REJECTION_CODES } from '#debts-csv';
import { formatDocument, normaliseDocument } from '#tax-ids';
import { appNames } from '../../scripts/lib/system/system.mjs';
import { todayInSaoPaulo, writeSample, type SampleCounts } from '../../scripts/sample.mjs';
import { downloadPdfs, mailFiles, processed, readCsv, readMail, type Batch, type CsvRecord } from './client.ts';
import { Harness } from './harness.ts';
import { readZip } from './zip.ts';

const run = promisify(execFile);
const ROWS = 300;
const PDFS_SCANNED = 3;

let harness: Harness;
let folder: string;
let sample: Buffer;
let expected: SampleCounts;
let batch: Batch;
let results: readonly CsvRecord[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sample-'));
  const out = join(folder, 'sample.csv');
  expected = await writeSample({ rows: ROWS, seed: 7, today: todayInSaoPaulo(new Date()), out });
  sample = await readFile(out);
  harness = await Harness.start({ environment: { LOG_LEVEL: 'debug' } });
  batch = await processed(harness, sample);
  results = await readCsv(batch.links.results);
});

afterAll(async () => {
  await harness.stop();
  await rm(folder, { recursive: true, force: true });
});

test('every row of a sample with all kinds of faults has the outcome that its generator states', () => {
  const { read, accepted, duplicate, rejected } = expected;
  expect(batch).toMatchObject({
    status: 'completed_with_rejections',
    rows: { read, accepted, duplicate, rejected, dead: 0 },
    identityHolds: true,
    boletos: { issued: accepted },
    notifications: { pending: 0, sent: accepted, failed: 0 },
  });
  expect(read).toBe(accepted + duplicate + rejected);
});

test('rejections.csv has every code with line, field, value, message and the original row', async () => {
  const rejections = await readCsv(batch.links.rejections);

  const byCode: Record<string, number> = {};
  for (const { code = '' } of rejections) byCode[code] = (byCode[code] ?? 0) + 1;
  expect(byCode).toEqual(expected.byCode);
  expect(Object.keys(byCode).toSorted()).toEqual(REJECTION_CODES.filter((code) => code !== 'ROW_TOO_SLOW').toSorted());
  expect(new Set(rejections.map(({ line }) => line)).size).toBe(expected.rejected);

  const lines = sample.toString('latin1').split('\n');
  for (const rejection of rejections) {
    expect(Object.keys(rejection)).toEqual(['line', 'field', 'value', 'code', 'message', 'raw']);
    expect(rejection).toMatchObject({
      field: expect.stringMatching(/./) as string,
      message: expect.stringMatching(/./) as string,
    });
    expect(lines[Number(rejection['line']) - 1]).toContain(asciiStart(rejection['raw'] ?? ''));
  }
});

/** The start of a text that is the same in the file; broken bytes and the apostrophe against formulas differ. */
function asciiStart(raw: string): string {
  return (/^'?([\x20-\x7e]*)/.exec(raw)?.[1] ?? '').slice(0, 20);
}

test('every accepted row has one boleto, a line in results.csv, and one e-mail with its PDF', async () => {
  expect(results).toHaveLength(expected.accepted);
  for (const column of ['line', 'debtId', 'nossoNumero', 'codigoBarras', 'linhaDigitavel', 'boletoId']) {
    expect(new Set(results.map((row) => row[column])).size).toBe(expected.accepted);
  }
  expect(new Set(results.map(({ status, notification }) => `${status ?? ''} ${notification ?? ''}`))).toEqual(
    new Set(['issued sent']),
  );

  const mails = await Promise.all((await mailFiles(harness, batch.id)).map(async ({ raw }) => await readMail(raw)));
  expect(mails).toHaveLength(expected.accepted);
  const linhas = results.map(({ linhaDigitavel = '' }) => formatLinhaDigitavel(linhaDigitavel));
  const mailed = mails.map(({ text = '', html = '', attachments, to }) => {
    expect(to).toHaveLength(1);
    expect(attachments).toHaveLength(1);
    const [pdf] = attachments;
    expect(pdf?.mimeType).toBe('application/pdf');
    expect(
      Buffer.from(pdf?.content as ArrayBuffer)
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
    const linha = linhas.find((each) => text.includes(each)) ?? '';
    expect(html).toContain(linha);
    return linha;
  });
  expect(mailed.toSorted()).toEqual(linhas.toSorted());
});

test('the ZIP has one PDF for each boleto, and their barcodes decode to those of results.csv', async () => {
  const pdfs = readZip(await downloadPdfs(harness, batch));

  expect(pdfs.size).toBe(expected.accepted);
  for (const pdf of pdfs.values()) expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  const byLine = new Map([...pdfs].map(([name, pdf]) => [Number.parseInt(name, 10), pdf]));
  const start = randomInt(results.length);
  for (let n = 0; n < PDFS_SCANNED; n += 1) {
    const row = results[(start + n * Math.ceil(results.length / PDFS_SCANNED)) % results.length];
    const pdf = byLine.get(Number(row?.['line']));
    expect(pdf).toBeDefined();
    expect(await scan(pdf ?? Buffer.alloc(0))).toBe(row?.['codigoBarras']);
  }
});

/** The text that a bank's reader sees, at 200 dpi. */
async function scan(pdf: Buffer): Promise<string> {
  const path = join(folder, 'boleto.pdf');
  const image = join(folder, 'page');
  await writeFile(path, pdf);
  await run('pdftoppm', ['-r', '200', '-gray', '-png', '-singlefile', path, image]);
  const interleaved = ['-Si25.enable', '-Si25.min-length=44', '-Si25.max-length=44'];
  const { stdout } = await run('zbarimg', ['--nodbus', '-q', '--raw', '-Sdisable', ...interleaved, `${image}.png`]);
  return stdout.trim();
}

test('a single boleto and its PDF can be requested', async () => {
  const [row] = results;
  const url = `${harness.system.url}/v1/boletos/${row?.['boletoId'] ?? ''}`;
  const boleto: unknown = await (await fetch(url)).json();
  expect(boleto).toMatchObject({ linhaDigitavel: row?.['linhaDigitavel'], codigoBarras: row?.['codigoBarras'] });
  const pdf = await fetch(`${url}.pdf`);
  expect(pdf.headers.get('Content-Type')).toBe('application/pdf');
  expect(await scan(Buffer.from(await pdf.arrayBuffer()))).toBe(row?.['codigoBarras']);
});

test('every log line of every app is ECS JSON, and one about a message names the batch', () => {
  const lines = appNames.flatMap((app) => harness.logLines(app));
  for (const line of lines) {
    expect(line).toMatchObject({
      '@timestamp': expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/) as string,
      'log.level': expect.stringMatching(/^(?:error|warn|info|debug)$/) as string,
      message: expect.any(String) as string,
    });
  }
  const aboutMessages = lines.filter(({ messageId }) => messageId !== undefined);
  expect(aboutMessages.filter(({ batchId }) => batchId !== batch.id)).toEqual([]);
  const stages = ['file-splitter', 'chunk-validator', 'boleto-generator', 'notifier'] as const;
  for (const app of stages) {
    const ofBatch = harness.logLines(app).filter((line) => JSON.stringify(line).includes(batch.id));
    expect(ofBatch.some((line) => line['event.action'] === 'message.settled')).toBe(true);
    expect(ofBatch.filter(({ batchId }) => batchId !== batch.id)).toEqual([]);
  }
});

test('no log line has a document, an e-mail address, a linha digitável or a barcode in clear', () => {
  // Without the row whose 64 KiB are one name.
  const lines = sample
    .toString('utf8')
    .split('\n')
    .filter((line) => line.length < 5_000);
  const emails = lines.flatMap((line) => line.match(/[^\s,"]+@[^\s,"]+/g) ?? []);
  const documents = lines.flatMap((line) => {
    // Names before it may hold commas.
    const document = /,([\dA-Z./-]{11,18}),/.exec(line)?.[1];
    return document === undefined
      ? []
      : [document, normaliseDocument(document), formatDocument(normaliseDocument(document))];
  });
  const numbers = results.flatMap(({ linhaDigitavel = '', codigoBarras = '' }) => [
    linhaDigitavel,
    formatLinhaDigitavel(linhaDigitavel),
    codigoBarras,
  ]);
  expect(emails.length).toBeGreaterThan(expected.accepted);
  expect(documents.length).toBeGreaterThan(expected.accepted);

  const logs = appNames.map((app) => harness.logText(app)).join('\n');
  expect(logs).toContain(batch.id);
  const leaks = [...emails, ...documents, ...numbers].filter((secret) => logs.includes(secret));
  expect(leaks).toEqual([]);
});
