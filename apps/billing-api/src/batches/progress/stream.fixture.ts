import { routes, type BatchView } from '#contracts/http';
import type { Db } from '#database';
import { insertBatch, insertChunk, insertIssuer } from '#testing';
import { setStatus } from '../../billing-api.fixture.ts';

const { schema } = routes['GET /v1/batches/{id}'].answers[200];

export interface SentEvent {
  readonly kind: string;
  readonly batch: BatchView;
}

/** Collects the events of a stream until it ends. */
export async function openStream(url: string, batchId: string, init: RequestInit = {}) {
  const response = await fetch(`${url}/v1/batches/${batchId}/events`, init);
  const events: SentEvent[] = [];
  const ended = (async () => {
    let text = '';
    const blocks: AsyncIterable<Uint8Array> | readonly Uint8Array[] = response.body ?? [];
    for await (const block of blocks) {
      text += Buffer.from(block).toString();
      const records = text.split('\n\n');
      text = records.pop() ?? '';
      for (const record of records) {
        const match = /^event: (\w+)\ndata: (.*)$/.exec(record);
        if (match !== null && match[1] !== 'ping') {
          events.push({ kind: match[1] ?? '', batch: schema.parse(JSON.parse(match[2] ?? '')) });
        }
      }
    }
  })();
  return { response, events, ended };
}

/** One row, read and split, not validated yet. */
export async function insertOpenBatch(db: Db) {
  const { id: issuerId } = await insertIssuer(db);
  const { id: batchId } = await insertBatch(db, { issuerId });
  await insertChunk(db, { batchId, rows: 1 });
  await setStatus(db, batchId, 'processing', { rowsRead: 1 });
  return { issuerId, batchId };
}
