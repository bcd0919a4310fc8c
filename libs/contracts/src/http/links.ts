/** Where a batch is looked at and acted on. `publicUrl` is PUBLIC_URL, without a slash at its end. */
export function batchLinks(publicUrl: string, id: string) {
  const self = `${publicUrl}/v1/batches/${id}`;
  return {
    self,
    events: `${self}/events`,
    results: `${self}/results.csv`,
    rejections: `${self}/rejections.csv`,
    duplicates: `${self}/duplicates.csv`,
    exports: `${self}/exports`,
    cancel: `${self}/cancel`,
  };
}

export function exportLinks(publicUrl: string, id: string) {
  const self = `${publicUrl}/v1/exports/${id}`;
  return { self, download: `${self}/download` };
}

export function letterActionLinks(publicUrl: string, id: string) {
  return { self: `${publicUrl}/v1/dead-letters/actions/${id}` };
}
