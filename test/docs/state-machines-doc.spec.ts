import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { batchDiagram } from '#batches';

const page = fileURLToPath(new URL('../../docs/state-machines.md', import.meta.url));
const DIAGRAM = /(## Batch\n[^]*?```mermaid\n)[^]*?(\n```)/;

test('docs/state-machines.md draws the life of a batch as the code has it (vitest run … -u writes it anew)', async () => {
  const text = readFileSync(page, 'utf8');
  expect(text).toMatch(DIAGRAM);
  const drawn = text.replace(DIAGRAM, (_, before: string, after: string) => `${before}${batchDiagram()}${after}`);
  await expect(drawn).toMatchFileSnapshot(page);
});
