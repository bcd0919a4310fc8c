import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { OneByOne } from './one-by-one.ts';

test('each piece of work begins when the one before has ended, also by an error', async () => {
  const seen: string[] = [];
  const one = new OneByOne();
  const work = async (name: string): Promise<string> => {
    seen.push(`${name} begins`);
    await setImmediate();
    seen.push(`${name} ends`);
    if (name === 'b') throw new Error('b failed');
    return name;
  };
  const all = await Promise.allSettled(
    ['a', 'b', 'c'].map(async (name) => await one.next(async () => await work(name))),
  );
  expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});
