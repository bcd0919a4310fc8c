import { z } from 'zod';
import { EXPORT_FORMATS, EXPORT_STATUSES, type ExportFormat } from '../../statuses.ts';
import { exportLinks } from '../links.ts';
import { pageOf, pageQuery } from '../page.ts';
import { BACK_PRESSURE_CODES, byId, type RouteSpec } from '../route-spec.ts';

const count = z.int().min(0);

const exportView = z
  .object({
    id: z.uuid(),
    batchId: z.uuid(),
    format: z.enum(EXPORT_FORMATS),
    status: z.enum(EXPORT_STATUSES),
    progress: z.object({
      partsDone: count,
      partsTotal: count.nullable(),
      filesDone: count.meta({ description: 'Boletos that are drawn.', example: 750 }),
      filesTotal: count.nullable().meta({ example: 2_000 }),
    }),
    bytes: count.nullable().meta({ description: 'Of the file; null until it is there.' }),
    failure: z.object({ code: z.string(), message: z.string() }).nullable(),
    times: z.object({ requestedAt: z.iso.datetime(), completedAt: z.iso.datetime().nullable() }),
    links: z.object({
      self: z.url(),
      batch: z.url(),
      download: z.url().meta({ description: 'Answers 409 EXPORT_NOT_READY until the status is completed.' }),
    }),
  })
  .meta({ id: 'Export' });

const exportPage = pageOf(exportView).meta({ id: 'ExportPage' });

export const exportListQuery = z.object(pageQuery({ limitMax: 100, limitDefault: 100 }));

export const exportRequest = z
  .strictObject({
    format: z.enum(EXPORT_FORMATS).meta({
      description:
        'pdf-zip: the PDF of every boleto, in one ZIP. ' +
        'pdf-merged: one PDF with a page for every boleto, in the order of the uploaded lines.',
    }),
  })
  .meta({ id: 'ExportRequest', example: { format: 'pdf-zip' } });

const ID = '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e';

const requestedExport = z
  .object({
    id: z.uuid(),
    status: z.enum(EXPORT_STATUSES),
    links: z.object({ self: z.url(), download: z.url() }),
  })
  .meta({
    id: 'RequestedExport',
    example: { id: ID, status: 'requested', links: exportLinks('https://billing.example.com', ID) },
  });

/** The media type of each format. */
export const exportMediaTypes = {
  'pdf-zip': 'application/zip',
  'pdf-merged': 'application/pdf',
} as const satisfies Record<ExportFormat, string>;

const files = Object.fromEntries(Object.values(exportMediaTypes).map((type) => [type, {}]));

export type ExportView = z.output<typeof exportView>;
export type ExportPage = z.output<typeof exportPage>;
export type ExportListQuery = z.output<typeof exportListQuery>;

const common = { servedBy: 'billing-api', tag: 'exports', params: byId } as const;

export const exportRoutes = {
  'GET /v1/batches/{id}/exports': {
    ...common,
    access: { needs: 'exports:read' },
    operationId: 'listExports',
    summary: 'The exports of a batch, newest first, a page at a time',
    query: exportListQuery,
    answers: { 200: { description: 'One page.', schema: exportPage } },
    refusals: { 404: ['BATCH_NOT_FOUND'] },
  },
  'POST /v1/batches/{id}/exports': {
    ...common,
    access: { needs: 'exports:write' },
    limit: 'exports',
    operationId: 'requestExport',
    summary: 'Ask for the boletos of a batch as a file',
    description:
      'Made in the background; `self` tells how far it is. Asking again for the same format answers 200 with the same one.',
    body: exportRequest,
    answers: {
      200: { description: 'Is being made, or is there', schema: requestedExport },
      202: { description: 'Will be made', schema: requestedExport },
    },
    refusals: {
      404: ['BATCH_NOT_FOUND'],
      409: ['BATCH_NOT_FINISHED', 'BATCH_WITHOUT_BOLETOS', 'EXPORT_FAILED', 'LIMIT_REACHED'],
      503: BACK_PRESSURE_CODES,
    },
  },
  'GET /v1/exports/{id}': {
    ...common,
    access: { needs: 'exports:read' },
    operationId: 'getExport',
    summary: 'An export and its progress',
    answers: { 200: { description: 'The export as it is now.', schema: exportView } },
    refusals: { 404: ['EXPORT_NOT_FOUND'] },
  },
  'GET /v1/exports/{id}/download': {
    ...common,
    access: { needs: 'exports:read' },
    operationId: 'downloadExport',
    summary: 'The file of a completed export',
    description: 'Takes one byte range, to resume.',
    answers: {
      200: { description: 'The file.', files },
      206: { description: 'The part of it that Range asked for.', files },
    },
    refusals: {
      404: ['EXPORT_NOT_FOUND'],
      409: ['EXPORT_NOT_READY'],
      410: ['EXPORT_GONE'],
      416: ['RANGE_NOT_SATISFIABLE'],
    },
  },
} as const satisfies Record<string, RouteSpec>;
