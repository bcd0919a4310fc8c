import { expect, onTestFinished, test } from 'vitest';
import { createDataSource, poolStatistics } from '#database';
import {
  insertBatch,
  insertBoleto,
  insertChunk,
  insertChunkResult,
  insertDebt,
  insertNotification,
  testDatabase,
  waitFor,
} from '#testing';
import { testCaller, testTenancy } from '../../../../../libs/billing/access/src/test-tenant.fixture.ts';
import { PUBLIC } from '../../billing-api.fixture.ts';
import { BatchReader } from './batch-reader.ts';

test('repeated reads return fresh state on one connection', async () => {
  const { dataSource: db, url } = await testDatabase();
  const { id: batchId } = await insertBatch(db, { status: 'processing' });
  await insertChunk(db, { batchId });
  const boleto = await insertBoleto(db, await insertDebt(db, { batchId }));
  const part = { batchId, chunkNo: 0, rows: 1, accepted: 1 };
  await insertChunkResult(db, part);
  await insertChunkResult(db, { ...part, stage: 'issue', centavos: 1n });
  const dataSource = createDataSource({ url, poolMax: 5, applicationName: 'test-reader' });
  await dataSource.initialize();
  onTestFinished(() => dataSource.destroy());
  const reader = new BatchReader(testTenancy(dataSource), PUBLIC);
  const sent = async (): Promise<number | undefined> => {
    const now = await reader.read(testCaller(), batchId);
    await waitFor(() => poolStatistics(dataSource).idle === poolStatistics(dataSource).total, {
      describe: 'whatever goes on behind the answer to be done',
    });
    return now?.view.notifications.sent;
  };

  expect(await sent()).toBe(0);
  await insertNotification(db, { boletoId: boleto.id, batchId, status: 'sent' });
  await waitFor(async () => (await sent()) === 1, { describe: 'the e-mail to be counted' });

  expect(poolStatistics(dataSource).total).toBe(1);
});
