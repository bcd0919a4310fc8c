import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { runMigrations } from '#database';
import { createLogger } from '#observability';
import { insertBatch, insertChunk, insertDebt, insertDebtor, testEmptyDatabase } from '#testing';
import { migrations } from '../../../migrations/index.ts';
import { demoIssuer } from './demo-issuer.ts';
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

test('nosso-numero-repetido: accounts that collided before migration 12 are reported once', async () => {
  const { dataSource } = await testEmptyDatabase();
  const { logger, lines } = capture();
  await runMigrations(dataSource);
  const isDone = async () =>
    (await dataSource.query<unknown[]>(`select from schema_migrations where name like 'numbers-of-the-account-%'`))
      .length > 0;
  while (await isDone()) await dataSource.undoLastMigration({ transaction: 'each' });
  const register = async (carteira: string, first: number) => {
    const [issuer]: { id: string }[] = await dataSource.query(
      `insert into issuers (id, name, document, address, bank_code, account)
       values (gen_random_uuid(), 'Exemplo', '11222333000181', '{}', '341', $1) returning id`,
      [{ agencia: '0057', conta: '12345', carteira }],
    );
    const issuerId = issuer?.id ?? '';
    await dataSource.query(
      `with b as (
         insert into batches (id, issuer_id, file_name, sha256, bytes, storage_key, profile, mode, reading)
         values (gen_random_uuid(), $1, 'a.csv', $2, 1, 'a', 'strict', 'process', '') returning id
       ), c as (
         insert into chunks (batch_id, chunk_no, byte_offset, byte_length, first_line, rows) select id, 0, 0, 1, 2, 5 from b
         returning batch_id
       )
       select batch_id from c`,
      [issuerId, (carteira + first.toString()).padStart(64, '0')],
    );
    await dataSource.query(
      `insert into nosso_numero_blocks (batch_id, chunk_no, from_line, issuer_id, first_number, count)
       select id, 0, 2, $1, $2, 5 from batches where issuer_id = $1`,
      [issuerId, first],
    );
    return issuerId;
  };
  const collided = [await register('109', 1), await register('109', 5)];
  await register('175', 1);
  await register('175', 6); // its numbers follow the others without a collision

  await migrate({ dataSource, logger, signal, seedDemoIssuer: false });
  const warnings = () =>
    (lines() as { message: string; accounts: { issuerIds: string[] }[] }[]).filter(({ message }) =>
      message.startsWith('accounts have nossos números on two boletos'),
    );
  const reported = warnings().map(({ accounts }) => accounts.map(({ issuerIds }) => issuerIds.toSorted()));
  expect(reported).toEqual([[collided.toSorted()]]);
  await migrate({ dataSource, logger, signal, seedDemoIssuer: false });
  expect(warnings()).toEqual([]);
});

test('codigo-composto: debts with similar ids from before migration 17 are reported once', async () => {
  const { dataSource } = await testEmptyDatabase();
  const { logger, lines } = capture();
  await runMigrations(dataSource);
  const isDone = async () =>
    (await dataSource.query<unknown[]>(`select from schema_migrations where name like 'one-form-of-debt-ids-%'`))
      .length > 0;
  while (await isDone()) await dataSource.undoLastMigration({ transaction: 'each' });
  const { id: batchId, issuerId } = await insertBatch(dataSource);
  await insertChunk(dataSource, { batchId });
  const { id: debtorId } = await insertDebtor(dataSource, { issuerId });
  const store = async (debtId: string, amountCentavos: bigint) =>
    (await insertDebt(dataSource, { issuerId, batchId, debtorId, debtId, amountCentavos })).id;
  const [twice, again] = [await store('C\u0327 1', 8_000n), await store('\u00c7  1', 8_000n)];
  const [other, another] = [await store('B 2', 100n), await store('B\u00a02', 200n)];
  await store('A  3', 100n);

  const reports = async () => {
    await migrate({ dataSource, logger, signal, seedDemoIssuer: false });
    return (lines() as { message: string; debts: unknown }[]).filter(({ message }) =>
      message.startsWith('debts have ids that look alike'),
    );
  };
  expect(await reports()).toMatchObject([
    {
      debts: [
        { issuerId, debts: [twice, again], isOneDebt: true },
        { issuerId, debts: [other, another], isOneDebt: false },
      ],
    },
  ]);
  expect(await reports()).toEqual([]);
});

test('the demo issuer is added only on request', async () => {
  const { dataSource } = await testEmptyDatabase();
  await migrate({ dataSource, logger: capture().logger, signal, seedDemoIssuer: false });
  expect(await dataSource.query('select count(*)::int as n from issuers')).toEqual([{ n: 0 }]);
});
