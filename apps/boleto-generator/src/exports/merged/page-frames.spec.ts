import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BoletoPage } from '#boleto-page';
import { readFrames, writeFrames } from './page-frames.ts';

async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  for (const value of values) yield await Promise.resolve(value);
}

async function all<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}

async function framesOf(pages: readonly BoletoPage[]): Promise<Buffer> {
  return Buffer.concat(await all(writeFrames(each(pages))));
}

function hexOf({ template, content }: BoletoPage): string {
  return [template, content].map((part) => Buffer.from(part).toString('hex')).join(' ');
}

function cut(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.slice(at * size, (at + 1) * size));
}

const bytes = fc.uint8Array({ maxLength: 40 });
const pages = fc
  .array(bytes, { minLength: 1, maxLength: 3 })
  .chain((templates) => fc.array(fc.record({ template: fc.constantFrom(...templates), content: bytes })));

test('pages are read back unchanged, whatever the size of the blocks', async () => {
  await fc.assert(
    fc.asyncProperty(pages, fc.integer({ min: 1, max: 50 }), async (given, size) => {
      const read = await all(readFrames(each(cut(await framesOf(given), size))));
      expect(read.map(hexOf)).toEqual(given.map(hexOf));
    }),
  );
});

test('a template that many pages use is written and read once', async () => {
  const template = Buffer.alloc(1_000);
  const frames = await framesOf([1, 2, 3].map((byte) => ({ template, content: Buffer.from([byte]) })));
  expect(frames.length).toBe(5 + 1_000 + 3 * (5 + 1));
  const read = await all(readFrames(each([frames])));
  expect(new Set(read.map((page) => page.template)).size).toBe(1);
});

test('bytes that are not frames are refused', async () => {
  const frames = await framesOf([{ template: Buffer.from('t'), content: Buffer.from('c') }]);
  const withoutTemplate = frames.subarray(6);
  await expect(all(readFrames(each([frames.subarray(0, -1)])))).rejects.toThrow('ends within a frame');
  await expect(all(readFrames(each([withoutTemplate])))).rejects.toThrow('neither a template nor a page');
  await expect(all(readFrames(each([Buffer.alloc(5)])))).rejects.toThrow('neither a template nor a page');
});
