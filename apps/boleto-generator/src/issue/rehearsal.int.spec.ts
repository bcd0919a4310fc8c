import { expect, test } from 'vitest';
import { parseIsoDate } from '#calendar';
import { insertIssuer, testDatabase } from '#testing';
import { findAccounts } from './issue.queries.ts';
import { rehearse } from './rehearsal.ts';

test("the warm-up composes boletos of the issuers' banks, each bank once and not too many", async () => {
  const { dataSource } = await testDatabase();
  expect(await findAccounts(dataSource.manager, 4)).toEqual([]);
  const { id } = await insertIssuer(dataSource);
  await insertIssuer(dataSource);
  const accounts = await findAccounts(dataSource.manager, 4);
  expect(accounts).toHaveLength(1);
  expect(accounts[0]?.bankCode).toBe('001');

  await dataSource.query(
    `update issuers set bank_code = '237', created_at = created_at + interval '1 hour' where id = $1`,
    [id],
  );
  const bankCodes = async (max: number): Promise<readonly string[]> =>
    (await findAccounts(dataSource.manager, max)).map(({ bankCode }) => bankCode);
  expect(await bankCodes(4)).toEqual(['237', '001']);
  expect(await bankCodes(1)).toEqual(['237']);

  const today = parseIsoDate('2026-11-26');
  if (today === undefined) throw new Error('no date');
  await expect(rehearse(accounts, today)).resolves.toBeUndefined();
});
