import pg from 'pg';
import { QueryFailedError } from 'typeorm';
import { expect, test } from 'vitest';
import { Presumption } from './presumption.ts';

function violation(constraint: string, code = '23505'): QueryFailedError {
  const error = Object.assign(new pg.DatabaseError('as the server words it', 0, 'error'), { code, constraint });
  return new QueryFailedError('insert', [], error);
}

/** Work that finds, or does not find, that all is new, and what it was told. */
function work(error?: Error): {
  readonly told: readonly boolean[];
  readonly run: (allNew: boolean) => Promise<string>;
} {
  const told: boolean[] = [];
  const run = async (allNew: boolean): Promise<string> => {
    told.push(allNew);
    if (allNew && error !== undefined) throw error;
    return 'done';
  };
  return { told, run };
}

test('all is presumed to be new as long as nothing says otherwise', async () => {
  const presumption = new Presumption('once');
  const { told, run } = work();
  expect(await presumption.presuming('a', run)).toBe('done');
  expect(await presumption.presuming('a', run)).toBe('done');
  expect(told).toEqual([true, true]);
});

test('a part that brings something known is done again; after three the rest of the file is not presumed to be new', async () => {
  const presumption = new Presumption('once');
  const { told, run } = work(violation('once'));
  for (let part = 1; part <= 4; part += 1) expect(await presumption.presuming('a', run)).toBe('done');
  expect(told).toEqual([true, false, true, false, true, false, false]);
  expect(presumption.holds('a')).toBe(false);
  expect(presumption.holds('b')).toBe(true);
  const other = work();
  await presumption.presuming('b', other.run);
  expect(other.told).toEqual([true]);
});

test.each([violation('another'), violation('once', '23514'), new Error('once')])(
  'any other error is not for it to judge (%#)',
  async (error) => {
    const presumption = new Presumption('once');
    const { told, run } = work(error);
    await expect(presumption.presuming('a', run)).rejects.toBe(error);
    expect(told).toEqual([true]);
    await expect(presumption.presuming('a', run)).rejects.toBe(error);
    expect(told).toEqual([true, true]);
  },
);
