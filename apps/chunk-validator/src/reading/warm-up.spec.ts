import { expect, test } from 'vitest';
import { warmUpParsing } from './warm-up.ts';

test.each([
  ['with', true],
  ['without', false],
] as const)('all rows of the warm-up are good, %s fast paths', async (_, fastPaths) => {
  await expect(warmUpParsing('America/Sao_Paulo', { fastPaths })).resolves.toBeUndefined();
});
