import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeFiles, type WorkFile } from './workload.ts';

const ROWS = 400;

async function filesOf(
  seed: number,
): Promise<{ readonly files: readonly WorkFile[]; readonly texts: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-files-'));
  onTestFinished(async () => {
    await rm(folder, { recursive: true });
  });
  const files = await writeFiles({ folder, seed, rows: ROWS });
  return { files, texts: await Promise.all(files.map(async ({ path }) => await readFile(path, 'latin1'))) };
}

test('a seed gives the same files each time, and another seed gives others', async () => {
  const [first, again, other] = [await filesOf(3), await filesOf(3), await filesOf(4)];
  expect(again.texts).toEqual(first.texts);
  expect(other.texts).not.toEqual(first.texts);
});

test('every row is expected to have one outcome, and each kind of outcome is there', async () => {
  const { files } = await filesOf(3);
  const sum = { read: 0, accepted: 0, duplicate: 0, rejected: 0 };
  for (const { expected } of files) {
    expect(expected.accepted + expected.duplicate + expected.rejected).toBe(expected.read);
    sum.read += expected.read;
    sum.accepted += expected.accepted;
    sum.duplicate += expected.duplicate;
    sum.rejected += expected.rejected;
  }
  expect(sum.read).toBe(ROWS);
  expect(Math.min(...Object.values(sum))).toBeGreaterThan(0);
});

test('a row that may be poisoned is in the files once', async () => {
  const { files, texts } = await filesOf(3);
  const all = texts.join('\n');
  for (const { plainDebtIds } of files) {
    expect(plainDebtIds.length).toBeGreaterThan(40);
    for (const id of plainDebtIds) expect(all.split(id)).toHaveLength(2);
  }
});
