import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { closeFinishedBatches } from '#batches';
import { withTransaction } from '#database';
import { createMetrics } from '#observability';
import { createStorage } from '#storage';
import { insertIssuer, testBroker, testDatabase, waitFor } from '#testing';
import { BY_TEST } from '../../apps/billing-api/src/operations/dead-letters/letters.fixture.ts';
import { runAction } from '../../apps/billing-api/src/operations/dead-letters/run-action.ts';
import { IssueChunkHandler } from '../../apps/boleto-generator/src/issue/issue-chunk.handler.ts';
import { ValidateChunkHandler } from '../../apps/chunk-validator/src/validate-chunk.handler.ts';
import { testTenancy } from '../../libs/billing/access/src/test-tenant.fixture.ts';
import { countEffects, isAtRest } from '../bench/dead-letters/checks.ts';
import { makeLetters } from '../bench/dead-letters/make-letters.ts';

const TIME_ZONE = 'America/Sao_Paulo';
/** The issuer of the bench's letters. */
const ISSUER = '00000000-0000-4000-8000-0000000000d1';

/** `npm run bench -- dead-letters` does the same with 100,000 letters, e-mails among them, against the whole system. */
test('hundreds of letters replayed by five clients at once have one effect each', { timeout: 120_000 }, async () => {
  const { dataSource } = await testDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'dead-letters-at-once-'));
  onTestFinished(async () => {
    await rm(folder, { recursive: true });
  });
  const mailbox = join(folder, 'mailbox');
  await mkdir(mailbox);
  await insertIssuer(dataSource, { id: ISSUER });
  const stack = {
    query: async (sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> =>
      await dataSource.query(sql, values),
    system: { storageFolder: folder, mailbox },
  };
  const shares = { rows: 100, debts: 200, emails: 0 };
  const batches = await makeLetters(stack, shares);
  const metrics = createMetrics({ service: 't', version: '0' });
  const storage = await createStorage({ url: pathToFileURL(folder).href });
  const validate = new ValidateChunkHandler(dataSource, storage, { TIME_ZONE, FAST_PATHS: true }, metrics);
  const issue = new IssueChunkHandler(dataSource, TIME_ZONE, createMetrics({ service: 't', version: '0' }));
  await testBroker(dataSource, [validate, issue]);

  const results = await Promise.all(
    ['ana', 'bia', 'caio', 'davi', 'eva'].map(
      async (operator) =>
        await runAction(testTenancy(dataSource), {
          ...BY_TEST,
          name: 'replay',
          operator,
          selection: { filter: {} },
          perSecond: 10_000,
        }),
    ),
  );

  expect(results.reduce((sum, { done }) => sum + done, 0)).toBe(300);
  await waitFor(
    async () => {
      await withTransaction(dataSource, closeFinishedBatches);
      return await isAtRest(stack, batches, shares);
    },
    { describe: 'all effects', timeoutMs: 90_000 },
  );
  const effects = await countEffects(stack, batches, shares);
  expect(effects.filter(({ expected, found }) => expected !== found)).toEqual([]);
});
