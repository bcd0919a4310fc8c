import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs, pause } from './backoff.ts';

test('backoffMs waits between zero and a ceiling that doubles up to five seconds', () => {
  fc.assert(
    fc.property(fc.nat(1_000), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (failures, random) => {
      const wait = backoffMs(failures, () => random);
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThanOrEqual(Math.min(5_000, 200 * 2 ** Math.min(failures, 16)));
    }),
  );
});

test('a pause ends at once when its signal aborts', async () => {
  const controller = new AbortController();
  const paused = pause(3_600_000, controller.signal);
  controller.abort();
  await expect(paused).resolves.toBeUndefined();
  await expect(pause(3_600_000, controller.signal)).resolves.toBeUndefined();
});
