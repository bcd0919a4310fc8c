import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newIssuer, settled, upload } from '../e2e/client.ts';
import { debts, plainCsv } from '../e2e/files.ts';
import { Harness } from '../e2e/harness.ts';

const CASE = '../shared/cases/fila-ausente-perde-mensagens.sh';
const BATCHES = 20;
const QUEUE = 'boleto-generator.chunks';

let harness: Harness;

beforeAll(async () => {
  harness = await Harness.start();
});

afterAll(async () => {
  await harness.stop();
});

async function count(table: 'outbox' | 'dead_letters'): Promise<number> {
  const rows: { n: number }[] = await harness.database.dataSource.query(`select count(*)::int as n from ${table}`);
  return rows[0]?.n ?? -1;
}

function returned(): number {
  const drained = harness.logLines('dispatcher').filter((line) => line['event.action'] === 'dead_letter.drained');
  return drained.filter((line) => 'fate' in line && line.fate === 'returned').length;
}

// The steps of the case's script, with counts in place of its waits.
test.skipIf(!existsSync(CASE))(
  'fila-ausente-perde-mensagens: messages to a missing queue arrive when its owner is back',
  { timeout: 180_000 },
  async () => {
    const issuerId = await newIssuer(harness);
    await harness.stopApps(['boleto-generator']);
    await harness.vhost.api('DELETE', `/queues/${harness.vhost.name}/${QUEUE}`);
    const ids: string[] = [];
    for (let n = 0; n < BATCHES; n += 1) {
      ids.push((await upload(harness, plainCsv(debts(1, `FILA-${n.toString()}`)), { issuerId })).id);
    }
    // The first message without a queue comes back, and the relay declares the queue again (ADR 32).
    await harness.until(() => returned() >= 1, { describe: 'a message to come back' });
    await harness.until(async () => (await count('outbox')) === 0, { describe: 'all messages in the new queue' });

    await harness.startApps(['boleto-generator']);
    for (const id of ids) {
      expect(await settled(harness, id)).toMatchObject({
        status: 'completed',
        boletos: { issued: 1 },
        notifications: { pending: 0, sent: 1, failed: 0 },
      });
    }
    expect(await count('dead_letters')).toBe(0);
    await harness.until(async () => (await count('outbox')) === 0, { describe: 'an empty outbox' });
  },
);
