import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { done, reject, type Delivery, type Handler, type Outcome } from '#broker';
import { enqueue, enqueueAll } from '#outbox';
import { countBoletos, findExport, startExport } from './export.queries.ts';

/** export.requested.v1 → one message for each chunk that has boletos. */
@Injectable()
export class StartExportHandler implements Handler<'boleto-generator.exports'> {
  readonly queues = ['boleto-generator.exports'] as const;

  constructor(private readonly dataSource: DataSource) {}

  async handle(delivery: Delivery<'boleto-generator.exports'>): Promise<Outcome> {
    const { batchId, exportId } = delivery.message;
    const found = await findExport(this.dataSource.manager, exportId);
    if (found === undefined) return reject(`export ${exportId} does not exist`);
    if (found.status !== 'requested') return done;

    const chunks = await countBoletos(this.dataSource.manager, batchId);
    const files = chunks.reduce((sum, { boletos }) => sum + boletos, 0);
    return await delivery.commit(async (tx) => {
      if (!(await startExport(tx, exportId, { parts: chunks.length, files }))) return done;
      const parts = chunks.map(({ chunkNo }) => ({ batchId, exportId, partNo: chunkNo }));
      await enqueueAll(tx, 'export.part.v1', parts);
      // No part will come: a batch without boletos gets a file without boletos.
      if (parts.length === 0) await enqueue(tx, 'export.close.v1', { batchId, exportId });
      return done;
    });
  }
}
