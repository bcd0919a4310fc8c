import pg from 'pg';
import { QueryFailedError } from 'typeorm';
import { expect, test } from 'vitest';
import { LikelyNew } from './likely-new.ts';

function violation(constraint: string, code = '23505'): QueryFailedError {
  const error = Object.assign(new pg.DatabaseError('as the server words it', 0, 'error'), { code, constraint });
  return new QueryFailedError('insert', [], error);
}

/** Work that fails, or not, when it is told that rows are likely new; and what it was told. */
function work(error?: Error): {
  readonly told: readonly boolean[];
  readonly run: (isLikelyNew: boolean) => Promise<string>;
} {
  const told: boolean[] = [];
  const run = async (isLikelyNew: boolean): Promise<string> => {
    told.push(isLikelyNew);
    if (isLikelyNew && error !== undefined) throw error;
    return 'done';
  };
  return { told, run };
}

test('rows are likely new as long as nothing says otherwise', async () => {
  const likelyNew = new LikelyNew('once');
  const { told, run } = work();
  expect(await likelyNew.attempt('a', run)).toBe('done');
  expect(await likelyNew.attempt('a', run)).toBe('done');
  expect(told).toEqual([true, true]);
});

test('a part with known rows is tried again; after three the rest of the file counts as possibly known', async () => {
  const likelyNew = new LikelyNew('once');
  const { told, run } = work(violation('once'));
  for (let part = 1; part <= 4; part += 1) expect(await likelyNew.attempt('a', run)).toBe('done');
  expect(told).toEqual([true, false, true, false, true, false, false]);
  expect(likelyNew.holds('a')).toBe(false);
  expect(likelyNew.holds('b')).toBe(true);
  const other = work();
  await likelyNew.attempt('b', other.run);
  expect(other.told).toEqual([true]);
});

test.each([violation('another'), violation('once', '23514'), new Error('once')])(
  'any other error is thrown as it is (%#)',
  async (error) => {
    const likelyNew = new LikelyNew('once');
    const { told, run } = work(error);
    await expect(likelyNew.attempt('a', run)).rejects.toBe(error);
    expect(told).toEqual([true]);
    await expect(likelyNew.attempt('a', run)).rejects.toBe(error);
    expect(told).toEqual([true, true]);
  },
);

test('switched off, rows are never likely new', async () => {
  const likelyNew = new LikelyNew('once', { isOn: false });
  const { told, run } = work(violation('once'));
  expect(await likelyNew.attempt('a', run)).toBe('done');
  expect(told).toEqual([false]);
});
