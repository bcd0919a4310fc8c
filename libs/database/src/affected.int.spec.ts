import { expect, test } from 'vitest';
import { testDatabase } from '#testing';
import { affectedRows } from './affected.ts';
import { withTransaction } from './transaction.ts';

const INSERT = `insert into stage_pauses (stage, operator) select unnest($1::text[]), 'test' on conflict do nothing`;

test('the rows that a statement has written are counted, not those that it was given', async () => {
  const { dataSource } = await testDatabase();
  await withTransaction(dataSource, async (tx) => {
    expect(await affectedRows(tx, INSERT, [['a', 'b']])).toBe(2);
    expect(await affectedRows(tx, INSERT, [['b', 'c', 'a']])).toBe(1);
    expect(await affectedRows(tx, INSERT, [['a']])).toBe(0);
  });
});

test('outside a transaction there is no connection to ask', async () => {
  const { dataSource } = await testDatabase();
  await expect(affectedRows(dataSource.manager, INSERT, [['a']])).rejects.toThrow('not in a transaction');
});
