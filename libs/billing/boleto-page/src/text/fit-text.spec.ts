import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { POINTS_PER_MM, type Measure } from '../drawing/mark.ts';
import { fitText, type Room } from './fit-text.ts';

/** Measures every character as half as wide as it is high. */
const monospaced: Measure = (_face, size, text) => (text.length * size) / 2 / POINTS_PER_MM;

const millimetres = (min: number, max: number) => fc.double({ min, max, noNaN: true });

const room = (over: Partial<Room> = {}): Room => ({
  face: 'regular',
  sizes: [10, 8, 6],
  width: (40 * 10) / 2 / POINTS_PER_MM,
  height: 3,
  ...over,
});

describe('fitText', () => {
  test('a short text takes the largest size', () => {
    expect(fitText(['José da Silva'], room(), monospaced)).toMatchObject({ size: 10, lines: ['José da Silva'] });
  });

  test('a longer text shrinks before it is cut', () => {
    const text = 'x'.repeat(50);
    expect(fitText([text], room(), monospaced)).toMatchObject({ size: 8, lines: [text] });
  });

  test('a text too long for one line wraps if the room is high enough', () => {
    const { lines } = fitText([`${'x'.repeat(30)} ${'y'.repeat(30)}`], room({ height: 8 }), monospaced);
    expect(lines).toEqual(['x'.repeat(30), 'y'.repeat(30)]);
  });

  test('a text too long for the smallest size ends in an ellipsis', () => {
    const { lines, size } = fitText([`${'x'.repeat(60)} ${'y'.repeat(60)}`], room(), monospaced);
    expect(size).toBe(6);
    expect(lines).toEqual([`${'x'.repeat(60)} ${'y'.repeat(4)}…`]);
  });

  test('paragraphs beyond the last line share it', () => {
    const { lines } = fitText(['one', 'two', 'three', 'four'], room({ height: 5 }), monospaced);
    expect(lines).toEqual(['one', 'two three four']);
  });

  test('no text leaves its room', () => {
    const texts = fc.array(fc.string({ maxLength: 300 }), { minLength: 1, maxLength: 12 });
    const rooms = fc.record({ width: millimetres(5, 190), height: millimetres(2, 30) });
    fc.assert(
      fc.property(texts, rooms, (paragraphs, { width, height }) => {
        const { size, leading, capHeight, lines } = fitText(paragraphs, room({ width, height }), monospaced);
        for (const line of lines) expect(monospaced('regular', size, line)).toBeLessThanOrEqual(width);
        expect(capHeight + (lines.length - 1) * leading).toBeLessThanOrEqual(height + 1e-9);
      }),
    );
  });
});
