import { expect, test } from 'vitest';
import { RefreshingCache } from './refreshing-cache.ts';

function setup(entriesMax = 10) {
  const clock = { ms: 0 };
  let loads = 0;
  const cache = new RefreshingCache<number>({ freshMs: 10, staleMs: 50, entriesMax, clock: () => clock.ms });
  const load = async (): Promise<number> => {
    loads += 1;
    return await Promise.resolve(loads);
  };
  const ask = (key = 'a') => cache.get(key, load);
  const renew = (): void => {
    cache.renew('a', load);
  };
  return { clock, cache, ask, renew, loads: () => loads };
}

test('many that ask at once share one load', async () => {
  const { ask, loads } = setup();
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
  expect(loads()).toBe(1);
});

test('a fresh value is given without asking again, and not renewed', async () => {
  const { ask, renew, clock, loads } = setup();
  await ask();
  clock.ms = 9;
  expect(await ask()).toBe(1);
  renew();
  expect(loads()).toBe(1);
});

test('a stale value is given at once, and only its renewal asks again', async () => {
  const { ask, renew, clock, loads } = setup();
  await ask();
  clock.ms = 20;
  expect(await ask()).toBe(1);
  expect(loads()).toBe(1);
  renew();
  renew();
  expect(loads()).toBe(2);
  expect(await ask()).toBe(1);
  await expect.poll(() => ask()).toBe(2);
});

test('a value that is too old is waited for', async () => {
  const { ask, clock } = setup();
  await ask();
  clock.ms = 50;
  expect(await ask()).toBe(2);
});

test('a failed load rejects for the callers that wait, and the next caller tries again', async () => {
  const { cache, ask } = setup();
  await expect(cache.get('a', async () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await ask()).toBe(1);
});

test('a failed renewal leaves the stale value in place', async () => {
  const { cache, ask, clock } = setup();
  await ask();
  clock.ms = 20;
  const away = Promise.reject(new Error('away'));
  cache.renew('a', () => away);
  await expect(away).rejects.toThrow('away');
  expect(await ask()).toBe(1);
});

test('no more entries are kept than allowed', async () => {
  const { ask } = setup(2);
  await ask('a');
  await ask('b');
  await ask('c');
  expect(await ask('c')).toBe(3);
  expect(await ask('a')).toBe(4);
});
