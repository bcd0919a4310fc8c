import type { UploadSettings } from './config.ts';

type Bases = Pick<UploadSettings, 'UPLOAD_API_URL' | 'BILLING_API_URL'>;

/** Where a batch is looked at and acted on; absolute, so that a client need not know that two apps answer. */
export function batchLinks({ UPLOAD_API_URL, BILLING_API_URL }: Bases, id: string) {
  const read = `${BILLING_API_URL}/v1/batches/${id}`;
  const act = `${UPLOAD_API_URL}/v1/batches/${id}`;
  return {
    self: read,
    events: `${read}/events`,
    results: `${read}/results.csv`,
    rejections: `${read}/rejections.csv`,
    duplicates: `${read}/duplicates.csv`,
    exports: `${act}/exports`,
    cancel: `${act}/cancel`,
  };
}

export function exportLinks({ BILLING_API_URL }: Pick<Bases, 'BILLING_API_URL'>, id: string) {
  const self = `${BILLING_API_URL}/v1/exports/${id}`;
  return { self, download: `${self}/download` };
}
