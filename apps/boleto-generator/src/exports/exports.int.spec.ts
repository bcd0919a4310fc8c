import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadBoletoDocuments } from '#boleto-document';
import { createPrinter } from '#boleto-pdf';
import { waitFor } from '#testing';
import { ExportBench, Held, storageWith } from './export-bench.fixture.ts';
import { readZip } from './zip/read-zip.fixture.ts';

const EMPTY_ZIP_BYTES = 22;

let bench: ExportBench;

beforeAll(async () => {
  bench = await ExportBench.open('pdf-zip');
});

afterAll(async () => {
  await bench.close();
});

async function outboxOf(exportId: string): Promise<number> {
  return await bench.count(`select from outbox where body ->> 'exportId' = $1`, exportId);
}

async function zipOf(exportId: string): Promise<{ bytes: Buffer; entries: ReturnType<typeof readZip> }> {
  const bytes = await bench.read(`exports/${exportId}.zip`);
  return { bytes, entries: readZip(bytes) };
}

async function* another(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from('another'));
}

describe('an export', () => {
  test('is one ZIP with the PDF of every boleto, whatever the debts are called', async () => {
    const ids = ['A', 'a', '../1', '..\\1', 'NUL', 'ção', 'x'.repeat(200)];
    const broker = await bench.broker();
    const batchId = await bench.issuedBatch(broker, [4, 0, 3], (line) => ids[line - 2] ?? '');
    const requested = await bench.requestExport(batchId);
    await broker.send('export.requested.v1', requested);
    await bench.untilCleared(requested.exportId);

    const { bytes, entries } = await zipOf(requested.exportId);
    expect(entries.map(({ name }) => name)).toEqual([
      '00000002-A.pdf',
      '00000003-a.pdf',
      '00000004-.._1.pdf',
      '00000005-.._1.pdf',
      '00000006-NUL.pdf',
      '00000007-cao.pdf',
      `00000008-${'x'.repeat(100)}.pdf`,
    ]);
    const expected = [0, 2].map(
      async (chunkNo) => await loadBoletoDocuments(bench.database.dataSource, { batchId, chunkNo }),
    );
    for (const [at, { document }] of (await Promise.all(expected)).flat().entries()) {
      expect(entries[at]?.content.equals(createPrinter().print(document))).toBe(true);
      expect(entries[at]?.modifiedOn).toBe(document.issuedOn);
    }
    expect(await bench.exportRow(requested.exportId)).toEqual({
      status: 'completed',
      parts_total: 2,
      files_total: '7',
      files_done: '7',
      bytes: bytes.length.toString(),
      storage_key: `exports/${requested.exportId}.zip`,
      failure: null,
      ended: true,
    });
    expect(await bench.filesOf(requested.exportId)).toEqual([`${requested.exportId}.zip`]);
    expect(broker.deadLetters).toEqual([]);
  });

  test('of a batch without boletos is an empty ZIP', async () => {
    const broker = await bench.broker();
    const requested = await bench.requestExport(await bench.issuedBatch(broker, [0]));
    await broker.send('export.requested.v1', requested);
    await bench.untilCleared(requested.exportId);

    expect((await zipOf(requested.exportId)).bytes).toHaveLength(EMPTY_ZIP_BYTES);
    expect(await bench.exportRow(requested.exportId)).toMatchObject({
      parts_total: 0,
      files_total: '0',
      files_done: '0',
    });
  });

  test('shows its parts while it runs, and of parts that are ready at the same time one has it closed', async () => {
    const held = new Held();
    const broker = await bench.broker({ held });
    await bench.broker({ held });
    const { batchId, exportId } = await bench.requestExport(await bench.issuedBatch(broker, [2, 2, 2, 2, 2, 2, 2, 2]));
    await broker.send('export.requested.v1', { batchId, exportId });
    await waitFor(async () => (await bench.partsOf(exportId)) === 8, { describe: 'eight parts' });
    await waitFor(async () => (await outboxOf(exportId)) === 0, { describe: 'an empty outbox' });
    await waitFor(() => held.asked.length > 0, { describe: 'the closing' });

    expect(held.asked).toEqual([{ batchId, exportId }]);
    expect(await bench.exportRow(exportId)).toMatchObject({ status: 'running', parts_total: 8, files_total: '16' });
    const files: { files: string }[] = await bench.database.dataSource.query(
      `select sum(files) as files from export_parts where export_id = $1`,
      [exportId],
    );
    expect(files).toEqual([{ files: '16' }]);
    held.release();
    await bench.untilCleared(exportId);
    expect((await zipOf(exportId)).entries).toHaveLength(16);
  });

  test('comes to the same when every message is delivered again', async () => {
    const { batchId, exportId, broker, held } = await bench.readyToClose([3, 2]);
    const repeat = async (): Promise<void> => {
      await broker.send('export.requested.v1', { batchId, exportId });
      for (const partNo of [0, 1]) await broker.send('export.part.v1', { batchId, exportId, partNo });
    };
    const before = await bench.settled();
    await repeat();
    await waitFor(async () => (await bench.settled()) === before + 3, { describe: 'three messages more' });
    held.release();
    await bench.untilCleared(exportId);
    const { bytes, entries } = await zipOf(exportId);
    expect(entries).toHaveLength(5);

    await repeat();
    await broker.send('export.close.v1', { batchId, exportId });
    // Three messages and the three closings of the first time (each part that came again asked for one), and four.
    await waitFor(async () => (await bench.settled()) === before + 10, { describe: 'all of them to be settled' });
    expect((await zipOf(exportId)).bytes.equals(bytes)).toBe(true);
    expect(await bench.filesOf(exportId)).toEqual([`${exportId}.zip`]);
    expect(broker.deadLetters).toEqual([]);
  });

  test('that was interrupted while its parts were cleared away clears the rest', async () => {
    const removals: string[] = [];
    const forgetful = storageWith(bench.storage, {
      remove: async (key) => {
        removals.push(key.slice(-1));
        if (removals.length === 2) throw new Error('the storage is away');
        await bench.storage.remove(key);
      },
    });
    const { exportId, held } = await bench.readyToClose([1, 1, 1], forgetful);
    held.release();
    await bench.untilCleared(exportId);

    expect(removals).toEqual(['0', '1', '0', '1', '2']);
    expect(await bench.filesOf(exportId)).toEqual([`${exportId}.zip`]);
    expect((await zipOf(exportId)).entries).toHaveLength(3);
  });

  test('never has a part that is not the one on record', async () => {
    const { exportId, broker, held } = await bench.readyToClose([1, 1]);
    await bench.storage.put(`exports/${exportId}.part-1`, another());
    held.release();

    await waitFor(() => broker.deadLetters.length === 1, { describe: 'a dead letter' });
    expect(broker.deadLetters[0]?.reason).toContain('part 1 of the export is not the one on record');
    expect(await bench.exportRow(exportId)).toMatchObject({ status: 'running', storage_key: null });
    expect(await bench.storage.size(`exports/${exportId}.zip`)).toBeUndefined();
  });

  test('that failed is cleared away', async () => {
    const { exportId, held } = await bench.readyToClose([1, 1]);
    await bench.database.dataSource.query(
      `update exports set status = 'failed', failure = '{"code": "EXPORT_FAILED", "message": "no"}' where id = $1`,
      [exportId],
    );
    held.release();
    await waitFor(async () => (await bench.partsOf(exportId)) === 0, { describe: 'the parts to be cleared away' });

    expect(await bench.filesOf(exportId)).toEqual([]);
    expect(await bench.exportRow(exportId)).toMatchObject({ status: 'failed', storage_key: null });
  });

  test('that does not exist is refused', async () => {
    const unknown = { batchId: randomUUID(), exportId: randomUUID() };
    const broker = await bench.broker();
    await broker.send('export.requested.v1', unknown);
    await broker.send('export.part.v1', { ...unknown, partNo: 0 });
    await broker.send('export.close.v1', unknown);
    await waitFor(() => broker.deadLetters.length === 3, { describe: 'three dead letters' });
    expect(new Set(broker.deadLetters.map(({ reason }) => reason))).toEqual(
      new Set([`export ${unknown.exportId} does not exist`]),
    );
  });
});
