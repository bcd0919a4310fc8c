import { expect, test } from 'vitest';
import { topologyMarkdown } from '#contracts';

test('docs/topology.md shows the broker that the apps declare', async () => {
  await expect(topologyMarkdown()).toMatchFileSnapshot('../../docs/topology.md');
});
