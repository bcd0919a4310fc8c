import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatLinhaDigitavel } from '#boleto';
import { createPrinter } from '#boleto-page';
import { loadBoletoDocuments, type LoadedBoleto } from '#boleto-page-data';
import type { AnyHandler, Handler } from '#broker';
import type { Message } from '#contracts';
import { createMetrics } from '#observability';
import { createStorage, type Storage } from '#storage';
import {
  createTestDatabase,
  insertBatch,
  insertIssuer,
  testBroker,
  waitFor,
  type TestBroker,
  type TestDatabase,
} from '#testing';
import { insertDebts } from '../debts.fixture.ts';
import { IssueChunkHandler } from '../issue/issue-chunk.handler.ts';
import { CloseExportHandler } from './close-export.handler.ts';
import type { ExportState } from './export.queries.ts';
import { isSound, pageCount, pageImage, pageTexts, scan } from './merged/pdf-readers.fixture.ts';
import { RenderPartHandler } from './render-part.handler.ts';
import { StartExportHandler } from './start-export.handler.ts';
import { storageWith } from './storage-with.fixture.ts';
import { readZip } from './zip/read-zip.fixture.ts';

const EMPTY_ZIP_BYTES = 22;
const LINHA = /\d{5}\.\d{5} \d{5}\.\d{6} \d{5}\.\d{6} \d \d{14}/;

type Format = ExportState['format'];

/** The differences between formats that the specs need: the extension, and how to count the boletos in a file. */
const FORMATS = {
  'pdf-zip': { extension: 'zip', boletosIn: async (path: string) => readZip(await readFile(path)).length },
  'pdf-merged': { extension: 'pdf', boletosIn: pageCount },
};

let database: TestDatabase;
let folder: string;
let storage: Storage;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'exports-'));
  storage = await createStorage({ url: pathToFileURL(folder).href });
});

afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

/** All handlers of a generator. Closings go through `held`, if given. */
function handlers(store: Storage, held?: Held): readonly AnyHandler[] {
  const { dataSource } = database;
  const metrics = createMetrics({ service: 'test', version: '0' });
  const closing = new CloseExportHandler(dataSource, store);
  return [
    new IssueChunkHandler(dataSource, 'America/Sao_Paulo', metrics),
    new StartExportHandler(dataSource),
    new RenderPartHandler(dataSource, store),
    held === undefined ? closing : held.hold(closing),
  ];
}

type Closing = Handler<'boleto-generator.export-closings'>;

/** Holds back the closing of an export until it is released. */
class Held {
  readonly asked: Message<'export.close.v1'>[] = [];
  release: () => void = () => undefined;
  readonly #released = new Promise<void>((resolve) => {
    this.release = resolve;
  });

  hold(closing: Closing): Closing {
    return {
      queues: closing.queues,
      handle: async (delivery) => {
        this.asked.push(delivery.message);
        await this.#released;
        return await closing.handle(delivery);
      },
    };
  }
}

/** A batch with chunks of these sizes, issued by the generator itself. */
async function issuedBatch(
  broker: TestBroker,
  sizes: readonly number[],
  debtIdOf?: (line: number) => string,
): Promise<string> {
  const db = database.dataSource;
  const { id: issuerId } = await insertIssuer(db);
  const { id: batchId } = await insertBatch(db, { issuerId, status: 'processing' });
  for (const part of await insertDebts(db, { issuerId, batchId }, sizes, debtIdOf)) {
    await broker.send('chunk.validated.v1', part);
  }
  const total = sizes.reduce((sum, size) => sum + size, 0);
  await waitFor(async () => (await count(`select from boletos where batch_id = $1`, batchId)) === total, {
    describe: `${total.toString()} boletos`,
  });
  return batchId;
}

async function requestExport(batchId: string, format: Format): Promise<Message<'export.requested.v1'>> {
  const exportId = randomUUID();
  await database.dataSource.query(`insert into exports (id, batch_id, format) values ($1, $2, $3)`, [
    exportId,
    batchId,
    format,
  ]);
  return { batchId, exportId };
}

async function count(selection: string, id: string): Promise<number> {
  const rows: { n: string }[] = await database.dataSource.query(`select count(*) as n from (${selection}) as s`, [id]);
  return Number(rows[0]?.n);
}

async function partsOf(exportId: string): Promise<number> {
  return await count(`select from export_parts where export_id = $1`, exportId);
}

async function outboxOf(exportId: string): Promise<number> {
  return await count(`select from outbox where body ->> 'exportId' = $1`, exportId);
}

async function exportRow(exportId: string): Promise<Record<string, unknown>> {
  const rows: Record<string, unknown>[] = await database.dataSource.query(
    `select status, parts_total, files_total, files_done, bytes, storage_key, failure, completed_at is not null as ended
     from exports where id = $1`,
    [exportId],
  );
  return rows[0] ?? {};
}

async function untilCleared(exportId: string): Promise<void> {
  await waitFor(async () => (await exportRow(exportId))['status'] === 'completed' && (await partsOf(exportId)) === 0, {
    describe: 'the export to be completed and its parts cleared away',
  });
}

async function filesOf(exportId: string): Promise<readonly string[]> {
  const names = await readdir(join(folder, 'exports')).catch(() => []);
  return names.filter((name) => name.startsWith(exportId)).toSorted();
}

const keyOf = (exportId: string, format: Format): string => `exports/${exportId}.${FORMATS[format].extension}`;
const pathOf = (exportId: string, format: Format): string => join(folder, keyOf(exportId, format));

async function boletosIn(exportId: string, format: Format): Promise<number> {
  return await FORMATS[format].boletosIn(pathOf(exportId, format));
}

/** The boletos of these chunks of a batch, in their order. */
async function boletosOf(batchId: string, chunkNos: readonly number[]): Promise<readonly LoadedBoleto[]> {
  const chunks = chunkNos.map(async (chunkNo) => await loadBoletoDocuments(database.dataSource, { batchId, chunkNo }));
  return (await Promise.all(chunks)).flat();
}

async function* another(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from('another'));
}

/** The number of settled messages about exports. */
async function settled(): Promise<number> {
  return await count(`select from inbox where queue like $1`, 'boleto-generator.export%');
}

/** An export whose parts are all ready and that waits for its closing. */
async function readyToClose(
  format: Format,
  sizes: readonly number[],
  store: Storage = storage,
): Promise<Message<'export.requested.v1'> & { readonly broker: TestBroker; readonly held: Held }> {
  const held = new Held();
  const broker = await testBroker(database.dataSource, handlers(store, held));
  const requested = await requestExport(await issuedBatch(broker, sizes), format);
  await broker.send('export.requested.v1', requested);
  await waitFor(() => held.asked.length === 1, { describe: 'the last part' });
  return { ...requested, broker, held };
}

describe('an export', () => {
  test('a pdf-zip export is one ZIP with the PDF of every boleto, whatever its debt id', async () => {
    const ids = ['A', 'a', '../1', '..\\1', 'NUL', 'ção', 'x'.repeat(200)];
    const broker = await testBroker(database.dataSource, handlers(storage));
    const batchId = await issuedBatch(broker, [4, 0, 3], (line) => ids[line - 2] ?? '');
    const requested = await requestExport(batchId, 'pdf-zip');
    await broker.send('export.requested.v1', requested);
    await untilCleared(requested.exportId);

    const bytes = await readFile(pathOf(requested.exportId, 'pdf-zip'));
    const entries = readZip(bytes);
    expect(entries.map(({ name }) => name)).toEqual([
      '00000002-A.pdf',
      '00000003-a.pdf',
      '00000004-.._1.pdf',
      '00000005-.._1.pdf',
      '00000006-NUL.pdf',
      '00000007-cao.pdf',
      `00000008-${'x'.repeat(100)}.pdf`,
    ]);
    for (const [at, { document }] of (await boletosOf(batchId, [0, 2])).entries()) {
      expect(entries[at]?.content.equals(createPrinter().print(document))).toBe(true);
      expect(entries[at]?.modifiedOn).toBe(document.issuedOn);
    }
    expect(await exportRow(requested.exportId)).toEqual({
      status: 'completed',
      parts_total: 2,
      files_total: '7',
      files_done: '7',
      bytes: bytes.length.toString(),
      storage_key: `exports/${requested.exportId}.zip`,
      failure: null,
      ended: true,
    });
    expect(await filesOf(requested.exportId)).toEqual([`${requested.exportId}.zip`]);
    expect(broker.deadLetters).toEqual([]);
  });

  test('a pdf-merged export has a page per boleto in line order, equal to its own PDF', async () => {
    const broker = await testBroker(database.dataSource, handlers(storage));
    const batchId = await issuedBatch(broker, [300, 0, 20, 1]);
    const { exportId } = await requestExport(batchId, 'pdf-merged');
    await broker.send('export.requested.v1', { batchId, exportId });
    await untilCleared(exportId);

    const pdf = pathOf(exportId, 'pdf-merged');
    expect(await isSound(pdf)).toBe(true);
    expect(await exportRow(exportId)).toMatchObject({
      parts_total: 3,
      files_done: '321',
      bytes: (await storage.size(keyOf(exportId, 'pdf-merged')))?.toString(),
    });
    const boletos = await boletosOf(batchId, [0, 2, 3]);
    expect((await pageTexts(pdf)).map((page) => LINHA.exec(page)?.[0])).toEqual(
      boletos.map(({ document }) => formatLinhaDigitavel(document.composed.linhaDigitavel)),
    );
    const printer = createPrinter();
    const root = join(folder, exportId);
    // Around the ends of nodes and parts, and some in between.
    for (const at of [0, 1, 41, 100, 167, 255, 256, 299, 300, 320]) {
      const { document } = boletos[at] ?? {};
      if (document === undefined) throw new Error('there are fewer boletos');
      await writeFile(`${root}.pdf`, printer.print(document));
      const page = await pageImage(pdf, at + 1, `${root}-merged`);
      const alone = await pageImage(`${root}.pdf`, 1, `${root}-alone`);
      expect((await readFile(page)).equals(await readFile(alone))).toBe(true);
      expect(await scan(page)).toBe(document.composed.codigoBarras);
    }
  });

  test('an export of a batch without boletos is an empty ZIP or one page with a notice', async () => {
    const broker = await testBroker(database.dataSource, handlers(storage));
    const batchId = await issuedBatch(broker, [0]);
    const zip = await requestExport(batchId, 'pdf-zip');
    const merged = await requestExport(batchId, 'pdf-merged');
    for (const requested of [zip, merged]) {
      await broker.send('export.requested.v1', requested);
      await untilCleared(requested.exportId);
      expect(await exportRow(requested.exportId)).toMatchObject({ parts_total: 0, files_total: '0', files_done: '0' });
    }

    expect(await readFile(pathOf(zip.exportId, 'pdf-zip'))).toHaveLength(EMPTY_ZIP_BYTES);
    const pdf = pathOf(merged.exportId, 'pdf-merged');
    expect(await isSound(pdf)).toBe(true);
    expect(await pageTexts(pdf)).toEqual([expect.stringContaining('Este lote não tem boletos.')]);
  });

  test('an export that does not exist is refused', async () => {
    const unknown = { batchId: randomUUID(), exportId: randomUUID() };
    const broker = await testBroker(database.dataSource, handlers(storage));
    await broker.send('export.requested.v1', unknown);
    await broker.send('export.part.v1', { ...unknown, partNo: 0 });
    await broker.send('export.close.v1', unknown);
    await waitFor(() => broker.deadLetters.length === 3, { describe: 'three dead letters' });
    expect(new Set(broker.deadLetters.map(({ reason }) => reason))).toEqual(
      new Set([`export ${unknown.exportId} does not exist`]),
    );
  });
});

describe.each(['pdf-zip', 'pdf-merged'] as const)('an export as %s', (format) => {
  test('an export shows its parts while it runs, and exactly one part has it closed', async () => {
    const held = new Held();
    const broker = await testBroker(database.dataSource, handlers(storage, held));
    await testBroker(database.dataSource, handlers(storage, held));
    const { batchId, exportId } = await requestExport(await issuedBatch(broker, [2, 2, 2, 2, 2, 2, 2, 2]), format);
    await broker.send('export.requested.v1', { batchId, exportId });
    await waitFor(async () => (await partsOf(exportId)) === 8, { describe: 'eight parts' });
    await waitFor(async () => (await outboxOf(exportId)) === 0, { describe: 'an empty outbox' });
    await waitFor(() => held.asked.length > 0, { describe: 'the closing' });

    expect(held.asked).toEqual([{ batchId, exportId }]);
    expect(await exportRow(exportId)).toMatchObject({ status: 'running', parts_total: 8, files_total: '16' });
    const files: { files: string }[] = await database.dataSource.query(
      `select sum(files) as files from export_parts where export_id = $1`,
      [exportId],
    );
    expect(files).toEqual([{ files: '16' }]);
    held.release();
    await untilCleared(exportId);
    expect(await boletosIn(exportId, format)).toBe(16);
  });

  test('an export with every message delivered twice has the same result', async () => {
    const { batchId, exportId, broker, held } = await readyToClose(format, [3, 2]);
    const repeat = async (): Promise<void> => {
      await broker.send('export.requested.v1', { batchId, exportId });
      for (const partNo of [0, 1]) await broker.send('export.part.v1', { batchId, exportId, partNo });
    };
    const before = await settled();
    await repeat();
    await waitFor(async () => (await settled()) === before + 3, { describe: 'three messages more' });
    held.release();
    await untilCleared(exportId);
    const bytes = await readFile(pathOf(exportId, format));
    expect(await boletosIn(exportId, format)).toBe(5);

    await repeat();
    await broker.send('export.close.v1', { batchId, exportId });
    // Three messages and three closings of the first round (each repeated part asked for one), and four of this round.
    await waitFor(async () => (await settled()) === before + 10, { describe: 'all of them to be settled' });
    expect((await readFile(pathOf(exportId, format))).equals(bytes)).toBe(true);
    expect(await filesOf(exportId)).toEqual([`${exportId}.${FORMATS[format].extension}`]);
    expect(broker.deadLetters).toEqual([]);
  });

  test('an export interrupted while its parts were removed removes the rest', async () => {
    const removals: string[] = [];
    const forgetful = storageWith(storage, {
      remove: async (key) => {
        removals.push(key.slice(-1));
        if (removals.length === 2) throw new Error('the storage is away');
        await storage.remove(key);
      },
    });
    const { exportId, held } = await readyToClose(format, [1, 1, 1], forgetful);
    held.release();
    await untilCleared(exportId);

    expect(removals).toEqual(['0', '1', '0', '1', '2']);
    expect(await filesOf(exportId)).toEqual([`${exportId}.${FORMATS[format].extension}`]);
    expect(await boletosIn(exportId, format)).toBe(3);
  });

  test('an export interrupted while its parts were joined is joined again', async () => {
    let interruptions = 0;
    const failing = storageWith(storage, {
      stream: async (key, range) => {
        if (interruptions > 0 || !key.endsWith('.part-1')) return await storage.stream(key, range);
        interruptions += 1;
        throw new Error('the storage is away');
      },
    });
    const { exportId, held } = await readyToClose(format, [2, 2, 2], failing);
    held.release();
    await untilCleared(exportId);

    expect(interruptions).toBe(1);
    expect(await boletosIn(exportId, format)).toBe(6);
    expect(await filesOf(exportId)).toEqual([`${exportId}.${FORMATS[format].extension}`]);
  });

  test('an export never contains a part that differs from its record', async () => {
    const { exportId, broker, held } = await readyToClose(format, [1, 1]);
    await storage.put(`exports/${exportId}.part-1`, another());
    held.release();

    await waitFor(() => broker.deadLetters.length === 1, { describe: 'a dead letter' });
    expect(broker.deadLetters[0]?.reason).toContain('part 1 of the export is not the one on record');
    expect(await exportRow(exportId)).toMatchObject({ status: 'running', storage_key: null });
    expect(await storage.size(keyOf(exportId, format))).toBeUndefined();
  });

  test('a second announcement is left to the process that is joining the parts', async () => {
    let puts = 0;
    const joining = Promise.withResolvers<undefined>();
    const slow = storageWith(storage, {
      put: async (key, body) => {
        if (!key.endsWith(`.${FORMATS[format].extension}`)) return await storage.put(key, body);
        puts += 1;
        await joining.promise;
        return await storage.put(key, body);
      },
    });
    const { batchId, exportId, held } = await readyToClose(format, [2, 1], slow);
    held.release();
    await waitFor(() => puts === 1, { describe: 'the parts to be joined' });

    const other = new CloseExportHandler(database.dataSource, slow);
    const outcome = await other.handle({
      message: { batchId, exportId },
      messageId: randomUUID(),
      isAlone: false,
      attempt: 1,
      signal: new AbortController().signal,
      commit: async () => await Promise.reject(new Error('nothing was done')),
    });

    expect(outcome).toMatchObject({ kind: 'failed', failureClass: 'throttled' });
    joining.resolve(undefined);
    await untilCleared(exportId);
    expect(puts).toBe(1);
    expect(await boletosIn(exportId, format)).toBe(3);
  });

  test('a failed export is removed with its parts', async () => {
    const { exportId, held } = await readyToClose(format, [1, 1]);
    await database.dataSource.query(
      `update exports set status = 'failed', failure = '{"code": "EXPORT_FAILED", "message": "no"}' where id = $1`,
      [exportId],
    );
    held.release();
    await waitFor(async () => (await partsOf(exportId)) === 0, { describe: 'the parts to be cleared away' });

    expect(await filesOf(exportId)).toEqual([]);
    expect(await exportRow(exportId)).toMatchObject({ status: 'failed', storage_key: null });
  });

  test('an export outdated by a replay loses its file', async () => {
    const { batchId, exportId, broker, held } = await readyToClose(format, [1, 1]);
    held.release();
    await untilCleared(exportId);
    expect(await filesOf(exportId)).toHaveLength(1);
    await database.dataSource.query(
      `update exports set status = 'failed', failure = '{"code": "EXPORT_OUTDATED", "message": "no"}' where id = $1`,
      [exportId],
    );
    await broker.send('export.close.v1', { batchId, exportId });
    await waitFor(async () => (await filesOf(exportId)).length === 0, { describe: 'the file to be removed' });
  });

  test('an export that fails while its file is written leaves no file behind', async () => {
    const failing = storageWith(storage, {
      put: async (key, body) => {
        const stored = await storage.put(key, body);
        await database.dataSource.query(
          `update exports set status = 'failed', failure = '{"code": "EXPORT_OUTDATED", "message": "no"}'
           where 'exports/' || id || '.' || $2 = $1`,
          [key, FORMATS[format].extension],
        );
        return stored;
      },
    });
    const { exportId, held } = await readyToClose(format, [1, 1], failing);
    held.release();
    await waitFor(async () => (await partsOf(exportId)) === 0, { describe: 'the parts to be cleared away' });

    expect(await exportRow(exportId)).toMatchObject({ status: 'failed', storage_key: null });
    expect(await filesOf(exportId)).toEqual([]);
  });
});
