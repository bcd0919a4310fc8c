import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { formatLinhaDigitavel } from '#boleto';
import { loadBoletoDocuments, type LoadedBoleto } from '#boleto-document';
import { createPrinter } from '#boleto-pdf';
import { waitFor } from '#testing';
import { ExportBench, storageWith } from './export-bench.fixture.ts';

const run = promisify(execFile);

let bench: ExportBench;

beforeAll(async () => {
  bench = await ExportBench.open('pdf-merged');
});

afterAll(async () => {
  await bench.close();
});

const keyOf = (exportId: string): string => `exports/${exportId}.pdf`;

/** The file, where readers find it that know nothing of us: qpdf, poppler-utils, zbar-tools. */
function pathOf(exportId: string): string {
  return join(bench.folder, keyOf(exportId));
}

async function boletosOf(batchId: string, chunkNos: readonly number[]): Promise<readonly LoadedBoleto[]> {
  const { dataSource } = bench.database;
  const chunks = chunkNos.map(async (chunkNo) => await loadBoletoDocuments(dataSource, { batchId, chunkNo }));
  return (await Promise.all(chunks)).flat();
}

async function pageCount(pdf: string): Promise<number> {
  return Number((await run('qpdf', ['--show-npages', pdf])).stdout);
}

async function expectSound(pdf: string): Promise<void> {
  expect((await run('qpdf', ['--check', pdf])).stdout).toContain('No syntax or stream encoding errors found');
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'merged-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Pixels of one page at 150 dpi, as an image file. */
async function image(pdf: string, page: number, root: string): Promise<string> {
  const only = page.toString();
  await run('pdftoppm', ['-r', '150', '-f', only, '-l', only, '-singlefile', pdf, root]);
  return `${root}.ppm`;
}

async function scan(file: string): Promise<string> {
  const { stdout } = await run('zbarimg', ['--nodbus', '-q', '--raw', '-Sdisable', '-Si25.enable', file]);
  return stdout.trim();
}

/** The numbers of `count` of `pages` pages, first and last among them. */
function somePages(pages: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => 1 + Math.round((at * (pages - 1)) / (count - 1)));
}

describe('an export as one PDF', () => {
  test('has a page for each boleto in the order of their lines, to the pixel its own PDF', async () => {
    const broker = await bench.broker();
    const batchId = await bench.issuedBatch(broker, [300, 0, 20, 1]);
    const requested = await bench.requestExport(batchId);
    await broker.send('export.requested.v1', requested);
    await bench.untilCleared(requested.exportId);

    const pdf = pathOf(requested.exportId);
    await expectSound(pdf);
    expect(await pageCount(pdf)).toBe(321);
    expect(await bench.exportRow(requested.exportId)).toEqual({
      status: 'completed',
      parts_total: 3,
      files_total: '321',
      files_done: '321',
      bytes: (await readFile(pdf)).length.toString(),
      storage_key: keyOf(requested.exportId),
      failure: null,
      ended: true,
    });

    const boletos = await boletosOf(batchId, [0, 2, 3]);
    const printer = createPrinter();
    const folder = await temporaryFolder();
    for (const page of somePages(321, 10)) {
      const { document } = boletos[page - 1] ?? expect.fail('no such boleto');
      const single = join(folder, 'single.pdf');
      await writeFile(single, printer.print(document));
      const merged = await image(pdf, page, join(folder, 'merged'));
      const expected = await readFile(await image(single, 1, join(folder, 'single')));
      expect((await readFile(merged)).equals(expected)).toBe(true);
      expect(await scan(merged)).toBe(document.composed.codigoBarras);
    }

    const text = await run('pdftotext', ['-layout', pdf, '-'], { maxBuffer: 2 ** 24 });
    const pages = text.stdout.split('\f').slice(0, -1);
    const linhas = pages.map((page) => /\d{5}\.\d{5} \d{5}\.\d{6} \d{5}\.\d{6} \d \d{14}/.exec(page)?.[0]);
    expect(linhas).toEqual(boletos.map(({ document }) => formatLinhaDigitavel(document.composed.linhaDigitavel)));
    expect(await bench.filesOf(requested.exportId)).toEqual([`${requested.exportId}.pdf`]);
    expect(broker.deadLetters).toEqual([]);
  });

  test('of a batch without boletos is a page that says so, for a PDF without pages cannot be opened', async () => {
    const broker = await bench.broker();
    const { batchId, exportId } = await bench.requestExport(await bench.issuedBatch(broker, [0]));
    await broker.send('export.requested.v1', { batchId, exportId });
    await bench.untilCleared(exportId);

    await expectSound(pathOf(exportId));
    expect(await pageCount(pathOf(exportId))).toBe(1);
    expect((await run('pdftotext', [pathOf(exportId), '-'])).stdout).toContain('Este lote não tem boletos.');
    expect(await bench.exportRow(exportId)).toMatchObject({ parts_total: 0, files_total: '0', files_done: '0' });
  });

  test('comes to the same when every message is delivered again', async () => {
    const { batchId, exportId, broker, held } = await bench.readyToClose([3, 2]);
    const before = await bench.settled();
    await broker.send('export.requested.v1', { batchId, exportId });
    for (const partNo of [0, 1]) await broker.send('export.part.v1', { batchId, exportId, partNo });
    await waitFor(async () => (await bench.settled()) === before + 3, { describe: 'three messages more' });
    held.release();
    await bench.untilCleared(exportId);
    const bytes = await bench.read(keyOf(exportId));
    expect(await pageCount(pathOf(exportId))).toBe(5);

    await broker.send('export.part.v1', { batchId, exportId, partNo: 0 });
    await broker.send('export.close.v1', { batchId, exportId });
    // The three closings of the first time (each part that came again asked for one), and two.
    await waitFor(async () => (await bench.settled()) === before + 8, { describe: 'all of them to be settled' });
    expect((await bench.read(keyOf(exportId))).equals(bytes)).toBe(true);
    expect(await bench.filesOf(exportId)).toEqual([`${exportId}.pdf`]);
    expect(broker.deadLetters).toEqual([]);
  });

  test('that was interrupted while it was joined is joined again', async () => {
    let interruptions = 0;
    const failing = storageWith(bench.storage, {
      stream: async (key, range) => {
        if (key.endsWith('.part-1') && interruptions === 0) {
          interruptions += 1;
          throw new Error('the storage is away');
        }
        return await bench.storage.stream(key, range);
      },
    });
    const { exportId, held } = await bench.readyToClose([2, 2, 2], failing);
    held.release();
    await bench.untilCleared(exportId);

    expect(interruptions).toBe(1);
    await expectSound(pathOf(exportId));
    expect(await pageCount(pathOf(exportId))).toBe(6);
    expect(await bench.filesOf(exportId)).toEqual([`${exportId}.pdf`]);
  });

  test('never has a part that is not the one on record', async () => {
    const { exportId, broker, held } = await bench.readyToClose([1, 1]);
    await bench.storage.put(`exports/${exportId}.part-1`, pieces(await bench.read(`exports/${exportId}.part-0`)));
    held.release();

    await waitFor(() => broker.deadLetters.length === 1, { describe: 'a dead letter' });
    expect(broker.deadLetters[0]?.reason).toContain('part 1 of the export is not the one on record');
    expect(await bench.exportRow(exportId)).toMatchObject({ status: 'running', storage_key: null });
    expect(await bench.storage.size(keyOf(exportId))).toBeUndefined();
  });
});

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
