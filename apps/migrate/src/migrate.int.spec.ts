import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createLogger } from '#observability';
import { testEmptyDatabase } from '#testing';
import { demoIssuer } from './demo-issuer.ts';
import { migrations } from '../../../migrations/index.ts';
import { migrate } from './migrate.ts';

function capture(): { readonly logger: ReturnType<typeof createLogger>; readonly lines: () => readonly unknown[] } {
  const stream = new PassThrough();
  const logger = createLogger({ service: 'migrate', version: '0', level: 'info', stream });
  const lines = (): readonly unknown[] => {
    const text = String(stream.read() ?? '');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line));
  };
  return { logger, lines };
}

const signal = new AbortController().signal;

test('an empty database gets its schema and the demo issuer, and a second run changes nothing', async () => {
  const { dataSource } = await testEmptyDatabase();
  const { logger, lines } = capture();

  await migrate({ dataSource, logger, signal, seedDemoIssuer: true });
  expect(lines().at(-1)).toMatchObject({
    message: 'database migrated',
    migrations: migrations.map((Migration) => new Migration().name),
    demoIssuerAdded: true,
  });

  await dataSource.query('update bank_accounts set next_nosso_numero = 42');
  await migrate({ dataSource, logger, signal, seedDemoIssuer: true });
  expect(lines().at(-1)).toMatchObject({ message: 'database migrated', migrations: [], demoIssuerAdded: false });
  expect(
    await dataSource.query(
      'select i.id, a.next_nosso_numero, i.instructions from issuers i join bank_accounts a on a.id = i.bank_account_id',
    ),
  ).toEqual([{ id: demoIssuer.id, next_nosso_numero: '42', instructions: demoIssuer.instructions }]);
});

test('the demo issuer is added only when asked for', async () => {
  const { dataSource } = await testEmptyDatabase();
  await migrate({ dataSource, logger: capture().logger, signal, seedDemoIssuer: false });
  expect(await dataSource.query('select count(*)::int as n from issuers')).toEqual([{ n: 0 }]);
});
