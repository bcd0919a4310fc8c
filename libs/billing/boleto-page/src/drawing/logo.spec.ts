import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPrinter } from '../assembly/printer.ts';
import { sampleDocument } from '../sample-document.fixture.ts';
import { checkLogo, opaqueImage } from './logo.ts';
import { pngFile, stripedLogo } from './png.fixture.ts';
import { readPng } from './png.ts';

/** The first two pixels of the logo on white. */
function pixels(logo: Buffer): number[] {
  const png = readPng(opaqueImage(logo));
  if (png === undefined) throw new Error('no PNG');
  return [...inflateSync(png.compressed).subarray(1)];
}

/** A row of RGBA samples, filtered as a PNG writer does and preceded by its filter byte (ISO/IEC 15948, clause 9). */
function filterRow(filter: number, samples: Uint8Array, above: Uint8Array | undefined): Buffer {
  const filtered = samples.map((sample, at) => {
    const [left, up, upLeft] = [samples[at - 4] ?? 0, above?.[at] ?? 0, above?.[at - 4] ?? 0];
    const estimate = left + up - upLeft;
    const byDistance = [left, up, upLeft].toSorted((a, b) => Math.abs(estimate - a) - Math.abs(estimate - b));
    return sample - ([0, left, up, Math.floor((left + up) / 2), byDistance[0]][filter] ?? 0);
  });
  return Buffer.from([filter, ...filtered]);
}

function rgbOnWhite(samples: Uint8Array): number[] {
  return [...samples].flatMap((sample, at) => {
    const alpha = samples[at - (at % 4) + 3] ?? 0;
    return at % 4 === 3 ? [] : [Math.round((sample * alpha + 255 * (255 - alpha)) / 255)];
  });
}

const twoPixels = { width: 2, height: 1 };

/** The start of a JPEG file, up to its frame header, and its end. */
function jpegFile({ height = 8, width = 8, bits = 8, end = [0xff, 0xd9] } = {}): Buffer {
  const marker = [0xff, 0xe0, 0, 4, 0, 0];
  const frame = [0xff, 0xc0, 0, 11, bits, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0];
  return Buffer.from([0xff, 0xd8, ...marker, ...frame, ...end]);
}

describe('a logo', () => {
  test.each([
    ['grey and alpha', pngFile({ ...twoPixels, colourType: 4, rows: Buffer.from([0, 0, 255, 100, 0]) }), [0, 255]],
    [
      'a clear grey',
      pngFile({ ...twoPixels, colourType: 0, rows: Buffer.from([0, 9, 7]), transparency: Buffer.from([0, 7]) }),
      [9, 255],
    ],
    [
      'a palette',
      pngFile({
        ...twoPixels,
        colourType: 3,
        rows: Buffer.from([0, 0, 1]),
        palette: Buffer.from([9, 9, 9, 8, 8, 8]),
        transparency: Buffer.from([255, 0]),
      }),
      [9, 255],
    ],
    [
      'RGBA, filtered',
      pngFile({ ...twoPixels, colourType: 6, rows: Buffer.from([1, 10, 10, 10, 255, 1, 1, 1, 0]) }),
      [10, 11],
    ],
  ])('a logo of %s is put on white', (_, logo, [left = 0, right = 0]) => {
    expect(pixels(logo)).toEqual([left, left, left, right, right, right]);
  });

  test('an RGBA logo is put on white, whatever filters its rows use', () => {
    const picture = fc.integer({ min: 1, max: 9 }).chain((width) =>
      fc.record({
        width: fc.constant(width),
        rows: fc.array(
          fc.record({
            filter: fc.nat(4),
            samples: fc.uint8Array({ minLength: width * 4, maxLength: width * 4 }),
          }),
          { minLength: 1, maxLength: 6 },
        ),
      }),
    );
    fc.assert(
      fc.property(picture, ({ width, rows }) => {
        const filtered = rows.map(({ filter, samples }, y) => filterRow(filter, samples, rows[y - 1]?.samples));
        const logo = pngFile({ width, height: rows.length, colourType: 6, rows: Buffer.concat(filtered) });
        const flat = rows.flatMap(({ samples }) => [0, ...rgbOnWhite(samples)]);
        expect([0, ...pixels(logo)]).toEqual(flat);
      }),
    );
  });

  test.each([
    ['bytes', Buffer.alloc(65_537)],
    ['format', Buffer.from('GIF89a')],
    ['format', Buffer.alloc(0)],
    ['pixels', stripedLogo(1_201, 1)],
    ['pixels', jpegFile({ width: 0 })],
    ['pixels', pngFile({ width: 1_000, height: 401, colourType: 6, rows: Buffer.alloc(401 * 4_001, 4) })],
    ['pixels', jpegFile({ width: 1_000, height: 401 })],
    ['damaged', stripedLogo().subarray(0, -20)],
    ['damaged', pngFile({ ...twoPixels, colourType: 2, rows: Buffer.from([0, 1, 2]) })],
    ['damaged', pngFile({ ...twoPixels, colourType: 3, rows: Buffer.from([0, 0, 1]) })],
    ['damaged', pngFile({ ...twoPixels, colourType: 2, bitDepth: 9, rows: Buffer.alloc(7) })],
    ['damaged', jpegFile({ end: [0, 0] })],
    ['damaged', Buffer.from([0xff, 0xd8, 0xff])],
    ['variant', pngFile({ ...twoPixels, colourType: 6, bitDepth: 16, rows: Buffer.alloc(17) })],
    ['variant', pngFile({ ...twoPixels, colourType: 6, isInterlaced: true, rows: Buffer.alloc(9) })],
    ['variant', jpegFile({ bits: 12 })],
  ])('a logo with the problem %s is refused', (problem, logo) => {
    expect(checkLogo(logo)).toBe(problem);
    const { issuer } = sampleDocument();
    expect(() => createPrinter().print(sampleDocument({ issuer: { ...issuer, logo } }))).toThrow(RangeError);
  });

  test('a file contains its logo once and differs from the file without a logo', () => {
    const printer = createPrinter();
    const { issuer } = sampleDocument();
    const [without, first, second] = [undefined, stripedLogo(), stripedLogo(100, 30)].map((logo) =>
      Buffer.from(printer.print(sampleDocument({ issuer: { ...issuer, logo } }))).toString('latin1'),
    );
    expect(without).not.toContain('/Subtype /Image');
    expect(first?.split('/Subtype /Image')).toHaveLength(2);
    expect(first).not.toBe(second);
    expect(checkLogo(jpegFile())).toBeUndefined();
  });
});
