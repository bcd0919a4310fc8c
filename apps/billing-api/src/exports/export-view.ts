import { z } from 'zod';
import { exportLinks } from '#contracts/http';
import { EXPORT_FORMATS, EXPORT_STATUSES, type ExportFacts } from './exports.queries.ts';

const count = z.int().min(0);

/** GET /v1/exports/{id} */
export const exportSchema = z.object({
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
});

/** GET /v1/batches/{id}/exports */
export const exportListSchema = z.object({ items: z.array(exportSchema) });

/** POST /v1/batches/{id}/exports */
export const requestedSchema = z.object({
  id: z.uuid(),
  status: z.enum(EXPORT_STATUSES),
  links: z.object({ self: z.url(), download: z.url() }),
});

const ID = '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e';

export const requestedExample = {
  id: ID,
  status: 'requested',
  links: exportLinks('https://billing.example.com', ID),
};

export type ExportView = z.infer<typeof exportSchema>;
export type ExportList = z.infer<typeof exportListSchema>;

export function exportView(facts: ExportFacts, baseUrl: string): ExportView {
  const { id, batchId, partsDone, partsTotal, filesDone, filesTotal } = facts;
  return {
    id,
    batchId,
    format: facts.format,
    status: facts.status,
    progress: { partsDone, partsTotal, filesDone, filesTotal },
    bytes: facts.bytes,
    failure: facts.failure,
    times: {
      requestedAt: facts.requestedAt.toISOString(),
      completedAt: facts.completedAt?.toISOString() ?? null,
    },
    links: { ...exportLinks(baseUrl, id), batch: `${baseUrl}/v1/batches/${batchId}` },
  };
}
