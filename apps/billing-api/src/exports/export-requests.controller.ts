import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Body, Controller, Inject, Param, Res } from '@nestjs/common';
import type { z } from 'zod';
import { Actor, Caller, checkExportQuota, Tenancy, type Principal, type TenantTx } from '#access';
import { recordAudit, type AuditActor } from '#audit';
import { isComplete } from '#batches';
import type { BatchStatus, ExportFormat } from '#contracts';
import { exportLinks, exportRequest } from '#contracts/http';
import { BackPressure, idPipe, notFound, ProblemError, Route } from '#http';
import { addLogContext } from '#observability';
import { enqueue } from '#outbox';
import { lockOwnBatch } from '../batches/own-batch.ts';
import { PUBLIC_URL } from '../tokens.ts';
import { findOpenExport, insertExport, type ExportState } from './export-requests.queries.ts';

/** The advice for batches that never will be finished. */
const EXPORT_ADVICE: Partial<Record<BatchStatus, string>> = {
  failed: 'It has failed. Send the file again, and ask for an export of that batch.',
  cancelled: 'It was cancelled, so it will not be finished. Each boleto that was issued is in results.csv.',
};

@Controller()
export class ExportRequestsController {
  constructor(
    private readonly tenancy: Tenancy,
    @Inject(PUBLIC_URL) private readonly baseUrl: string,
    private readonly backPressure: BackPressure,
  ) {}

  @Route('POST /v1/batches/{id}/exports')
  async request(
    @Caller() caller: Principal,
    @Param('id', idPipe) batchId: string,
    @Body({ schema: exportRequest }) { format }: z.output<typeof exportRequest>,
    @Actor() actor: AuditActor,
    @Res({ passthrough: true }) response: ServerResponse,
  ) {
    addLogContext({ batchId });
    await this.backPressure.check();
    await this.tenancy.sumOfOrganization(caller, (db) => checkExportQuota(db, caller));
    const id = randomUUID();
    const made = await this.tenancy.withTenant(caller, async (tx) => {
      await checkExportable(tx, batchId);
      const found = await requestExport(tx, { id, batchId, format });
      // One that was asked for before is on record already.
      if (found.id === id) {
        const target = { kind: 'export', id } as const;
        await recordAudit(tx, actor, { action: 'export.requested', target, details: { batchId, format } });
      }
      return found;
    });
    const links = exportLinks(this.baseUrl, made.id);
    response.statusCode = made.id === id ? 202 : 200;
    response.setHeader('Location', links.self);
    return { ...made, links };
  }
}

async function checkExportable(tx: TenantTx, batchId: string): Promise<void> {
  const batch = await lockOwnBatch(tx, batchId);
  if (batch === undefined) throw notFound('batch', batchId);
  // Only then are all its boletos there.
  if (!isComplete(batch.status)) {
    throw new ProblemError({
      status: 409,
      code: 'BATCH_NOT_FINISHED',
      title: 'The batch is not finished',
      detail: EXPORT_ADVICE[batch.status] ?? `It is ${batch.status}: ask again when it is completed.`,
      extra: { batchStatus: batch.status },
    });
  }
  if (batch.mode === 'validate') {
    throw new ProblemError({
      status: 409,
      code: 'BATCH_WITHOUT_BOLETOS',
      title: 'The batch has no boletos',
      detail: 'It was sent with mode=validate. Send the file with mode=process, and ask for an export of that batch.',
    });
  }
}

/** The batch is locked: of two requests at once, the second finds what the first inserted. */
async function requestExport(
  tx: TenantTx,
  wanted: { readonly id: string; readonly batchId: string; readonly format: ExportFormat },
): Promise<ExportState> {
  if (await insertExport(tx, wanted)) {
    await enqueue(tx, 'export.requested.v1', { exportId: wanted.id, batchId: wanted.batchId });
    return { id: wanted.id, status: 'requested' };
  }
  const open = await findOpenExport(tx, wanted.batchId, wanted.format);
  // It failed between the two statements: asking again starts a new one.
  if (open === undefined)
    throw new ProblemError({
      status: 409,
      code: 'EXPORT_FAILED',
      title: 'The export has just failed',
      detail: 'Send the same request again: it starts a new one.',
    });
  return open;
}
