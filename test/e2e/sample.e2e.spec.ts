import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatDocument, normaliseDocument } from '#br-documents';
import { formatLinhaDigitavel } from '#boleto';
import { REJECTION_CODES } from '#ingest';
import { appNames } from '../../scripts/lib/system.mjs';
import { todayInSaoPaulo, writeSample, type SampleCounts } from '../../scripts/sample.mjs';
import { downloadPdfs, mailFiles, processed, readCsv, readMail, type Batch, type CsvRecord } from './client.ts';
import { Harness, WORKERS } from './harness.ts';
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
  harness = await Harness.start();
  batch = await processed(harness, sample);
  results = await readCsv(batch.links.results);
});

afterAll(async () => {
  await harness.stop();
  await rm(folder, { recursive: true, force: true });
});

test('every row of a sample with every kind of trouble is accounted for as its generator says', () => {
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

test('rejections.csv has every code, each with line, field, value, code, message and the row as it came', async () => {
  const rejections = await readCsv(batch.links.rejections);

  const byCode: Record<string, number> = {};
  for (const { code = '' } of rejections) byCode[code] = (byCode[code] ?? 0) + 1;
  expect(byCode).toEqual(expected.byCode);
  expect(Object.keys(byCode).toSorted()).toEqual([...REJECTION_CODES].toSorted());
  expect(new Set(rejections.map(({ line }) => line)).size).toBe(expected.rejected);

  const lines = sample.toString('latin1').split('\n');
  for (const rejection of rejections) {
    expect(Object.keys(rejection)).toEqual(['line', 'field', 'value', 'code', 'message', 'raw']);
    const { line, field, code, message, raw = '' } = rejection;
    expect(field).not.toBe('');
    expect(message).not.toBe('');
    // A raw row starts as its line in the file does, an apostrophe against formulas and broken bytes left aside.
    const start = /^'?([\x20-\x7e]*)/.exec(raw)?.[1] ?? '';
    expect(lines[Number(line) - 1]?.startsWith(start.slice(0, 20)), `${code ?? ''} in line ${line ?? ''}`).toBe(true);
  }
});

test('every accepted row has one boleto, a line in results.csv, and one e-mail with its PDF', async () => {
  expect(results).toHaveLength(expected.accepted);
  for (const column of ['line', 'debtId', 'nossoNumero', 'codigoBarras', 'linhaDigitavel', 'boletoId'] as const) {
    expect(new Set(results.map((row) => row[column])).size, column).toBe(expected.accepted);
  }
  expect(new Set(results.map(({ status, notification }) => `${status ?? ''} ${notification ?? ''}`))).toEqual(
    new Set(['issued sent']),
  );

  const mails = await Promise.all(mailFiles(harness, batch.id).map(async ({ raw }) => await readMail(raw)));
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
    expect(pdf, `the PDF of line ${row?.['line'] ?? ''}`).toBeDefined();
    if (pdf !== undefined) expect(await scan(pdf)).toBe(row?.['codigoBarras']);
  }
});

/** What a bank's reader sees, at 200 dpi. */
async function scan(pdf: Buffer): Promise<string> {
  const path = join(folder, 'boleto.pdf');
  const image = join(folder, 'page');
  await writeFile(path, pdf);
  await run('pdftoppm', ['-r', '200', '-gray', '-png', '-singlefile', path, image]);
  const interleaved = ['-Si25.enable', '-Si25.min-length=44', '-Si25.max-length=44'];
  const { stdout } = await run('zbarimg', ['--nodbus', '-q', '--raw', '-Sdisable', ...interleaved, `${image}.png`]);
  return stdout.trim();
}

test('a boleto and its PDF can be asked for one by one', async () => {
  const [row] = results;
  const url = `${harness.system.receivablesApiUrl}/v1/boletos/${row?.['boletoId'] ?? ''}`;
  const boleto: unknown = await (await fetch(url)).json();
  expect(boleto).toMatchObject({ linhaDigitavel: row?.['linhaDigitavel'], codigoBarras: row?.['codigoBarras'] });
  const pdf = await fetch(`${url}.pdf`);
  expect(pdf.headers.get('Content-Type')).toBe('application/pdf');
  expect(await scan(Buffer.from(await pdf.arrayBuffer()))).toBe(row?.['codigoBarras']);
});

test('every log line of every app is ECS JSON, and a line about a delivery names its batch', () => {
  for (const app of appNames) {
    for (const line of harness.logLines(app)) {
      expect(line, app).toMatchObject({
        '@timestamp': expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/) as string,
        'log.level': expect.stringMatching(/^(?:error|warn|info|debug)$/) as string,
        message: expect.any(String) as string,
      });
      if (line.messageId !== undefined) expect(line, app).toHaveProperty('batchId');
    }
  }
  for (const worker of WORKERS.filter((name) => name !== 'outbox-relay')) {
    const lines = harness.logLines(worker).filter((line) => JSON.stringify(line).includes(batch.id));
    expect(lines.length, worker).toBeGreaterThan(0);
    for (const line of lines) expect(line.batchId).toBe(batch.id);
  }
});

test('no log line has a document, an e-mail address, a linha digitável or a barcode in clear', () => {
  const text = sample.toString('utf8');
  const emails = text.match(/[^\s,"]+@[^\s,"]+/g) ?? [];
  const documents = text.split('\n').flatMap((line) => {
    // Documents stand before the e-mail; names may hold commas.
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
