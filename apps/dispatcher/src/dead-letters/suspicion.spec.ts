import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChunkPart } from '#contracts';
import { halve, type Suspicion } from './suspicion.ts';

const part: ChunkPart = { batchId: '0193f0a0-0000-4000-8000-000000000001', chunkNo: 0, fromLine: 1, toLine: null };

function suspicion(lines: readonly number[] | undefined): Suspicion {
  return { stage: 'validate', part, lines };
}

const risingLines = fc
  .uniqueArray(fc.integer({ min: 1, max: 100_000 }), { minLength: 2, maxLength: 200 })
  .map((lines) => lines.toSorted((a, b) => a - b));

test('the halves share the rows: none is left out, none is in both, neither is empty', () => {
  fc.assert(
    fc.property(risingLines, (lines) => {
      const halves = halve(suspicion(lines));
      const shares = (halves ?? []).map(({ fromLine, toLine }) =>
        lines.filter((line) => line >= fromLine && (toLine === null || line <= toLine)),
      );
      expect(shares.flat()).toEqual(lines);
      expect(shares.map((share) => share.length).toSorted((a, b) => a - b)).toEqual([
        Math.floor(lines.length / 2),
        Math.ceil(lines.length / 2),
      ]);
    }),
  );
});

test('halving ends with the guilty row alone, after as many steps as halving needs', () => {
  fc.assert(
    fc.property(risingLines, fc.nat(), (lines, pick) => {
      const guilty = lines[pick % lines.length] ?? 0;
      let at = suspicion(lines);
      let steps = 0;
      for (let halves = halve(at); halves !== undefined; halves = halve(at)) {
        const next =
          halves.find(({ fromLine, toLine }) => guilty >= fromLine && (toLine === null || guilty <= toLine)) ?? part;
        const { fromLine, toLine } = next;
        at = {
          stage: 'validate',
          part: next,
          lines: lines.filter((line) => line >= fromLine && (toLine === null || line <= toLine)),
        };
        steps += 1;
      }
      expect(at.lines).toEqual([guilty]);
      expect(steps).toBeLessThanOrEqual(Math.ceil(Math.log2(lines.length)));
    }),
  );
});

test.each([[[]], [[7]], [undefined]])('there is nothing to halve in %j', (lines) => {
  expect(halve(suspicion(lines))).toBeUndefined();
});
