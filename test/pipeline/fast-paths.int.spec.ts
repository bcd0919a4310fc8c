import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { closeFinishedBatches } from '#batches';
import { withTransaction } from '#database';
import { createMetrics } from '#observability';
import { createStorage } from '#storage';
import { createTestDatabase, insertBatch, insertIssuer, testBroker, waitFor, type TestDatabase } from '#testing';
import { IssueChunkHandler } from '../../apps/boleto-generator/src/issue/issue-chunk.handler.ts';
import { ValidateChunkHandler } from '../../apps/chunk-validator/src/validate-chunk.handler.ts';
import { releaseDue } from '../../apps/dispatcher/src/release/release-chunks.ts';
import { SplitFileHandler } from '../../apps/file-splitter/src/split-file.handler.ts';
import { generateSample, todayInSaoPaulo } from '../../scripts/sample.mjs';
import { differences, hashOf, readState, type State } from '../chaos/state.ts';

const TIME_ZONE = 'America/Sao_Paulo';
const ROWS = 4_000;
/** Several chunks, so that rows and people come again in later ones. */
const CHUNK_BYTES = 100_000;

/** Two samples of one issuer. The second ends with the rows of the first, so it has known debts and known people. */
function files(): readonly Buffer[] {
  const today = todayInSaoPaulo(new Date());
  const [first, second] = [1, 2].map((seed) => Buffer.concat([...generateSample({ rows: ROWS, seed, today })]));
  if (first === undefined || second === undefined) throw new Error('no samples');
  return [first, Buffer.concat([second, first.subarray(first.indexOf('\n') + 1)])];
}

async function process({ dataSource }: TestDatabase, folder: string, fastPaths: boolean): Promise<State> {
  const storage = await createStorage({ url: pathToFileURL(folder).href });
  const metrics = createMetrics({ service: 't', version: '0' });
  const broker = await testBroker(dataSource, [
    new SplitFileHandler(dataSource, storage, CHUNK_BYTES),
    new ValidateChunkHandler(dataSource, storage, { TIME_ZONE, FAST_PATHS: fastPaths }, metrics),
    new IssueChunkHandler(dataSource, TIME_ZONE, createMetrics({ service: 't', version: '0' })),
  ]);
  const { id: issuerId } = await insertIssuer(dataSource);
  const batchIds: string[] = [];
  for (const file of files()) {
    const { id: batchId, storageKey } = await insertBatch(dataSource, { issuerId });
    await storage.put(storageKey, Readable.from([file]));
    await broker.send('batch.received.v1', { batchId });
    const isClosed = async (): Promise<boolean> => {
      await releaseDue(dataSource, 1); // one chunk after the other: which of two equal rows is the debt is then certain
      return (await withTransaction(dataSource, closeFinishedBatches)).some((batch) => batch.batchId === batchId);
    };
    await waitFor(isClosed, { describe: 'the batch to end', timeoutMs: 60_000 });
    batchIds.push(batchId);
  }
  expect(broker.deadLetters).toEqual([]);
  return await readState({ database: dataSource }, batchIds);
}

test(
  'the same files leave the same content in the database with fast paths and without',
  { timeout: 180_000 },
  async () => {
    const states: State[] = [];
    for (const fastPaths of [true, false]) {
      const database = await createTestDatabase();
      const folder = await mkdtemp(join(tmpdir(), 'fast-paths-'));
      try {
        states.push(await process(database, folder, fastPaths));
      } finally {
        await database.drop();
        await rm(folder, { recursive: true });
      }
    }
    const [on, off] = states;
    if (on === undefined || off === undefined) throw new Error('two states are compared');
    // A comparison of nothing with nothing would be equal too: rows of every kind must be there.
    const [first, second] = on.batches;
    expect(first).toMatchObject({ read: ROWS, dead_validating: 0, dead_issuing: 0 });
    for (const count of ['accepted', 'duplicate', 'rejected', 'boletos'] as const)
      expect(first?.[count]).toBeGreaterThan(0);
    expect(second?.['duplicate']).toBeGreaterThan(Number(first?.['accepted']) - 1);
    expect(differences(on, off)).toEqual([]);
    expect(hashOf(off)).toBe(hashOf(on));
  },
);
