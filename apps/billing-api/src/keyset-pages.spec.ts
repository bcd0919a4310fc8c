import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keysetPages } from './keyset-pages.ts';

function loaderOf(rows: readonly number[]) {
  let loads = 0;
  const load = async (after: number | undefined, limit: number): Promise<readonly number[]> => {
    loads += 1;
    const from = after === undefined ? 0 : rows.indexOf(after) + 1;
    return Promise.resolve(rows.slice(from, from + limit));
  };
  return { load, loads: () => loads };
}

test('every row comes once and in order, whatever the size of a page', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(50), fc.integer({ min: 1, max: 12 }), async (count, pageRows) => {
      const rows = Array.from({ length: count }, (_, at) => at);
      const pages: (readonly number[])[] = [];
      for await (const page of keysetPages(loaderOf(rows).load, pageRows)) pages.push(page);
      expect(pages.flat()).toEqual(rows);
      expect(pages.every((page) => page.length > 0 && page.length <= pageRows)).toBe(true);
    }),
  );
});

test('no more than one page is fetched ahead of the reader', async () => {
  const { load, loads } = loaderOf(Array.from({ length: 100 }, (_, at) => at));
  const pages = keysetPages(load, 10);
  await pages.next();
  await pages.next();
  expect(loads()).toBe(3);
  await pages.return();
  expect(loads()).toBe(3);
});

test('a page that cannot be loaded fails the reader', async () => {
  const pages = keysetPages<number>(async (after) => {
    return after === undefined ? Promise.resolve([1]) : Promise.reject(new Error('away'));
  }, 1);
  expect(await pages.next()).toEqual({ done: false, value: [1] });
  await expect(pages.next()).rejects.toThrow('away');
});
