import { Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { allows, BATCH_STATUSES, type BatchStatus, cancelBatch, lockBatch } from '#batches';
import { batchLinks } from '#contracts/http';
import { withTransaction } from '#database';
import { fieldsInvalid, idPipe, notFound, ProblemError, problemResponse, problemSchema } from '#http';
import { addLogContext } from '#observability';
import { PUBLIC_URL } from '../tokens.ts';
import { progressOf } from './batch.queries.ts';
import { BatchReader } from './batch-reader.ts';
import {
  type BatchPage,
  batchPageSchema,
  batchSchema,
  type BatchView,
  cancelledExample,
  cancelledSchema,
} from './batch.schema.ts';
import { batchSummary } from './batch-view.ts';
import { listBatches } from './batches.queries.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 100;

const listQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(LIMIT_DEFAULT).meta({ description: 'Batches a page.' }),
  cursor: z.string().max(200).optional().meta({ description: 'nextCursor of the page before.' }),
  status: z.enum(BATCH_STATUSES).optional(),
  issuerId: z.uuid().optional(),
});

type ListQuery = z.infer<typeof listQuerySchema>;

@ApiTags('batches')
@Controller('v1/batches')
export class BatchesController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly reader: BatchReader,
    @Inject(PUBLIC_URL) private readonly baseUrl: string,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Batches, newest first, a page at a time' })
  @ApiOkResponse({ standardSchema: batchPageSchema, description: 'One page.' })
  async list(@Query({ schema: listQuerySchema }) query: ListQuery): Promise<BatchPage> {
    const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
    if (query.cursor !== undefined && after === undefined) {
      const message = 'is not a cursor: use nextCursor of a page as it is';
      throw fieldsInvalid([{ field: 'cursor', code: 'invalid', message }]);
    }
    // One more than asked for tells whether there is a next page.
    const found = await listBatches(this.dataSource, { ...query, after }, query.limit + 1);
    const items = found.slice(0, query.limit);
    const last = found.length > query.limit ? items.at(-1) : undefined;
    const nextCursor = last === undefined ? null : encodeCursor(last.cursor);
    return {
      items: items.map((facts) => batchSummary(facts, this.baseUrl)),
      nextCursor,
      links: {
        self: this.pageUrl(query, query.cursor),
        next: nextCursor === null ? null : this.pageUrl(query, nextCursor),
      },
    };
  }

  @Get(':id')
  @ApiOperation({ summary: 'A batch: status, what became of every row, progress of each stage' })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiOkResponse({ standardSchema: batchSchema, description: 'The batch as it is now.' })
  @ApiNotFoundResponse({ standardSchema: problemSchema, description: 'BATCH_NOT_FOUND' })
  async get(@Param('id', idPipe) id: string): Promise<BatchView> {
    addLogContext({ batchId: id });
    const batch = await this.reader.read(id);
    if (batch === undefined) throw notFound('batch', id);
    return batch.view;
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Cancel a batch',
    description: 'What was not begun will not be done. Boletos that were issued and e-mails that were sent stay.',
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiResponse({ status: 200, description: 'Cancelled', standardSchema: cancelledSchema, example: cancelledExample })
  @ApiResponse(problemResponse(404, ['BATCH_NOT_FOUND']))
  @ApiResponse(problemResponse(409, ['BATCH_NOT_CANCELLABLE']))
  async cancel(@Param('id', idPipe) id: string) {
    addLogContext({ batchId: id });
    await withTransaction(this.dataSource, async (tx) => {
      const batch = await lockBatch(tx, id);
      if (batch === undefined) throw notFound('batch', id);
      if (!allows('cancel', batch.status)) throw notCancellable(batch.status);
      await cancelBatch(tx, id);
    });
    // Outside the door of the batch, because nothing is added to it any more.
    const progress = await progressOf(this.dataSource.manager, id);
    return { id, status: 'cancelled', done: progress, links: batchLinks(this.baseUrl, id) };
  }

  private pageUrl({ limit, status, issuerId }: ListQuery, cursor: string | undefined): string {
    const parameters = new URLSearchParams({ limit: limit.toString() });
    for (const [name, value] of Object.entries({ status, issuerId, cursor })) {
      if (value !== undefined) parameters.set(name, value);
    }
    return `${this.baseUrl}/v1/batches?${parameters.toString()}`;
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
