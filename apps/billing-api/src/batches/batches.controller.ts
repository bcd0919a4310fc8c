import { Controller, Inject, Param, Query } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Actor } from '#access';
import { recordAudit, type AuditActor } from '#audit';
import { allows, cancelBatch, lockBatch } from '#batches';
import type { BatchStatus } from '#contracts';
import { batchLinks, batchListQuery, type BatchListQuery, type BatchPage, type BatchView } from '#contracts/http';
import { withTransaction } from '#database';
import { idPipe, notFound, ProblemError, readCursor, Route, toPage } from '#http';
import { addLogContext } from '#observability';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { PUBLIC_URL } from '../tokens.ts';
import { batchSummary } from './batch-view.ts';
import { progressOf } from './batch.queries.ts';
import { listBatches } from './batches.queries.ts';
import { BatchReader } from './progress/batch-reader.ts';

@Controller()
export class BatchesController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly reader: BatchReader,
    @Inject(PUBLIC_URL) private readonly baseUrl: string,
  ) {}

  @Route('GET /v1/batches')
  async list(@Query({ schema: batchListQuery }) query: BatchListQuery): Promise<BatchPage> {
    const after = readCursor(query.cursor, decodeCursor);
    const { limit } = query;
    const found = await listBatches(this.dataSource, { ...query, after }, limit + 1);
    return toPage(found, {
      limit,
      viewOf: (facts) => batchSummary(facts, this.baseUrl),
      cursorOf: ({ cursor }) => encodeCursor(cursor),
    });
  }

  @Route('GET /v1/batches/{id}')
  async get(@Param('id', idPipe) id: string): Promise<BatchView> {
    addLogContext({ batchId: id });
    const batch = await this.reader.read(id);
    if (batch === undefined) throw notFound('batch', id);
    return batch.view;
  }

  @Route('POST /v1/batches/{id}/cancel')
  async cancel(@Param('id', idPipe) id: string, @Actor() actor: AuditActor) {
    addLogContext({ batchId: id });
    await withTransaction(this.dataSource, async (tx) => {
      const batch = await lockBatch(tx, id);
      if (batch === undefined) throw notFound('batch', id);
      if (!allows('cancel', batch.status)) throw notCancellable(batch.status);
      await cancelBatch(tx, id);
      await recordAudit(tx, actor, { action: 'batch.cancelled', target: { kind: 'batch', id }, details: {} });
    });
    // Outside the door of the batch, because nothing is added to it any more.
    const progress = await progressOf(this.dataSource.manager, id);
    return { id, status: 'cancelled', done: progress, links: batchLinks(this.baseUrl, id) };
  }
}

function notCancellable(status: BatchStatus): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'BATCH_NOT_CANCELLABLE',
    title: 'The batch cannot be cancelled any more',
    detail: `It is ${status}: only a batch that has not ended can be cancelled. What was issued stays.`,
    extra: { batchStatus: status },
  });
}
