import { Controller, Inject, Param, Query } from '@nestjs/common';
import { Actor, Caller, Tenancy, type Principal } from '#access';
import { recordAudit, type AuditActor } from '#audit';
import { allows, cancelBatch } from '#batches';
import type { BatchStatus } from '#contracts';
import { batchLinks, batchListQuery, type BatchListQuery, type BatchPage, type BatchView } from '#contracts/http';
import { idPipe, notFound, ProblemError, readCursor, Route, toPage } from '#http';
import { addLogContext } from '#observability';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { PUBLIC_URL } from '../tokens.ts';
import { batchSummary } from './batch-view.ts';
import { progressOf } from './batch.queries.ts';
import { listBatches } from './batches.queries.ts';
import { lockOwnBatch } from './own-batch.ts';
import { BatchReader } from './progress/batch-reader.ts';

@Controller()
export class BatchesController {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly reader: BatchReader,
    @Inject(PUBLIC_URL) private readonly baseUrl: string,
  ) {}

  @Route('GET /v1/batches')
  async list(
    @Caller() caller: Principal,
    @Query({ schema: batchListQuery }) query: BatchListQuery,
  ): Promise<BatchPage> {
    const after = readCursor(query.cursor, decodeCursor);
    const { limit } = query;
    const found = await this.tenancy.readAsTenant(caller, (db) => listBatches(db, { ...query, after }, limit + 1));
    return toPage(found, {
      limit,
      viewOf: (facts) => batchSummary(facts, this.baseUrl),
      cursorOf: ({ cursor }) => encodeCursor(cursor),
    });
  }

  @Route('GET /v1/batches/{id}')
  async get(@Caller() caller: Principal, @Param('id', idPipe) id: string): Promise<BatchView> {
    addLogContext({ batchId: id });
    const batch = await this.reader.read(caller, id);
    if (batch === undefined) throw notFound('batch', id);
    return batch.view;
  }

  @Route('POST /v1/batches/{id}/cancel')
  async cancel(@Caller() caller: Principal, @Param('id', idPipe) id: string, @Actor() actor: AuditActor) {
    addLogContext({ batchId: id });
    await this.tenancy.withTenant(caller, async (tx) => {
      const batch = await lockOwnBatch(tx, id);
      if (batch === undefined) throw notFound('batch', id);
      if (!allows('cancel', batch.status)) throw notCancellable(batch.status);
      await cancelBatch(tx, id);
      await recordAudit(tx, actor, { action: 'batch.cancelled', target: { kind: 'batch', id }, details: {} });
    });
    // Outside the door of the batch, because nothing is added to it any more.
    const progress = await this.tenancy.readAsTenant(caller, (db) => progressOf(db, id));
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
