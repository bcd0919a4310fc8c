import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { loadBoletoDocuments, type LoadedBoleto } from '#boleto-page-data';
import { done, reject, type Delivery, type Handler, type Outcome } from '#broker';
import { enqueue } from '#outbox';
import { STORAGE } from '#process';
import type { Storage } from '#storage';
import { EXPORT_FORMATS } from './export-format.ts';
import { countParts, findExport, insertPart, lockRunning } from './export.queries.ts';
import { joinBlocks } from './join-blocks.ts';

/**
 * export.part.v1 → draws the boletos of one chunk as a piece of the file and stores it. The last part has the export
 * closed.
 */
@Injectable()
export class RenderPartHandler implements Handler<'boleto-generator.export-parts'> {
  readonly queues = ['boleto-generator.export-parts'] as const;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(STORAGE) private readonly storage: Storage,
  ) {}

  async handle(delivery: Delivery<'boleto-generator.export-parts'>): Promise<Outcome> {
    const { batchId, exportId, partNo } = delivery.message;
    const found = await findExport(this.dataSource.manager, exportId);
    if (found === undefined) return reject(`export ${exportId} does not exist`);
    if (found.status !== 'running') return done;

    const boletos = await loadBoletoDocuments(this.dataSource.manager, { batchId, chunkNo: partNo });
    const storageKey = partKey(exportId, partNo);
    const part = EXPORT_FORMATS[found.format].draw(oneByOne(boletos, delivery.signal));
    await this.storage.put(storageKey, joinBlocks(part.blocks));

    let unwanted = false;
    const outcome = await delivery.commit(async (tx) => {
      const partsTotal = await lockRunning(tx, exportId);
      unwanted = partsTotal === undefined;
      if (unwanted) return done;
      await insertPart(tx, { exportId, partNo }, storageKey, { ...part.summary(), files: boletos.length });
      if ((await countParts(tx, exportId)) === partsTotal) await enqueue(tx, 'export.close.v1', { batchId, exportId });
      return done;
    });
    // The export ended meanwhile: it failed, or another delivery of this message was faster.
    if (unwanted) await this.storage.remove(storageKey);
    return outcome;
  }
}

/** The key of a part. It has no folder of its own, because an empty folder would stay when the parts are removed. */
function partKey(exportId: string, partNo: number): string {
  return `exports/${exportId}.part-${partNo.toString()}`;
}

/** Yields one boleto at a time, once the storage has accepted the previous one. */
async function* oneByOne(boletos: readonly LoadedBoleto[], signal: AbortSignal): AsyncGenerator<LoadedBoleto> {
  for (const boleto of boletos) {
    signal.throwIfAborted();
    yield boleto;
  }
}
