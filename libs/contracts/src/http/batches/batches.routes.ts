import { byId, type RouteSpec } from '../route-spec.ts';
import { batchFiles } from './batch-files.ts';
import { batch, batchListQuery, batchPage, cancelledBatch, csvQuery } from './batches.schema.ts';

const common = { servedBy: 'billing-api', tag: 'batches' } as const;
const ofOne = { ...common, params: byId } as const;
const csvRefusals = { 404: ['BATCH_NOT_FOUND'], 429: ['CLIENT_DOWNLOADS_FULL'], 503: ['DOWNLOADS_FULL'] } as const;

function csvOf({ description, example }: { readonly description: string; readonly example: string }) {
  return {
    ...ofOne,
    description,
    query: csvQuery,
    answers: { 200: { description: 'The file.', files: { 'text/csv': { example } } } },
  } as const;
}

export const batchRoutes = {
  'GET /v1/batches': {
    ...common,
    access: { needs: 'batches:read' },
    operationId: 'listBatches',
    summary: 'Batches, newest first, a page at a time',
    query: batchListQuery,
    answers: { 200: { description: 'One page.', schema: batchPage } },
  },
  'GET /v1/batches/{id}': {
    ...ofOne,
    access: { needs: 'batches:read' },
    operationId: 'getBatch',
    summary: 'A batch: status, what became of every row, progress of each stage',
    answers: { 200: { description: 'The batch as it is now.', schema: batch } },
    refusals: { 404: ['BATCH_NOT_FOUND'] },
  },
  'POST /v1/batches/{id}/cancel': {
    ...ofOne,
    access: { needs: 'batches:write' },
    operationId: 'cancelBatch',
    summary: 'Cancel a batch',
    description: 'What was not begun will not be done. Boletos that were issued and e-mails that were sent stay.',
    answers: { 200: { description: 'Cancelled', schema: cancelledBatch } },
    refusals: { 404: ['BATCH_NOT_FOUND'], 409: ['BATCH_NOT_CANCELLABLE'] },
  },
  'GET /v1/batches/{id}/events': {
    ...ofOne,
    access: { needs: 'batches:read' },
    operationId: 'followBatch',
    summary: 'The progress of a batch as server-sent events',
    description:
      'A `snapshot` whenever something has changed, at most twice a second, and at once with the state as it is. ' +
      'When the batch has ended and its notifications are settled, one `final`, and the stream ends: close the ' +
      'EventSource then, or it comes back for the same. The data of both is what GET /v1/batches/{id} answers. ' +
      'A `ping` every 15 seconds tells a quiet stream from a dead one: after 40 seconds without an event, reconnect.',
    answers: {
      200: {
        description: 'The stream.',
        files: {
          'text/event-stream': {
            example:
              'event: snapshot\ndata: {"id":"0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e","status":"processing", …}\n\n',
          },
        },
      },
    },
    refusals: { 404: ['BATCH_NOT_FOUND'], 429: ['CLIENT_STREAMS_FULL'], 503: ['TOO_MANY_STREAMS'] },
  },
  'GET /v1/batches/{id}/results.csv': {
    ...csvOf(batchFiles.results),
    access: { needs: 'boletos:read' },
    operationId: 'downloadResults',
    summary: 'Every accepted row with its boleto, as a CSV',
    refusals: csvRefusals,
  },
  'GET /v1/batches/{id}/rejections.csv': {
    ...csvOf(batchFiles.rejections),
    access: { needs: 'rejections:read' },
    operationId: 'downloadRejections',
    summary: 'Every problem of every rejected row, as a CSV',
    refusals: csvRefusals,
  },
  'GET /v1/batches/{id}/duplicates.csv': {
    ...csvOf(batchFiles.duplicates),
    access: { needs: 'rejections:read' },
    operationId: 'downloadDuplicates',
    summary: 'Every row that says a debt again, with the row that said it first, as a CSV',
    refusals: { ...csvRefusals, 410: ['UPLOAD_REMOVED'] },
  },
} as const satisfies Record<string, RouteSpec>;
