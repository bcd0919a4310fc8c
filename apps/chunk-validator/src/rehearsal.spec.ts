import { expect, test } from 'vitest';
import { rehearse } from './rehearsal.ts';

test('all rows of the rehearsal are good', async () => {
  await expect(rehearse('America/Sao_Paulo')).resolves.toBeUndefined();
});
