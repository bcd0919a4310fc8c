import { exportLinks, type ExportView } from '#contracts/http';
import type { ExportFacts } from './exports.queries.ts';

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
