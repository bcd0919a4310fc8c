import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '..', '..', 'docs', 'adr');
const files = readdirSync(folder)
  .filter((file) => /^\d{4}-/.test(file))
  .toSorted();

interface Decision {
  readonly number: number;
  readonly title: string;
  readonly file: string;
  readonly supersededBy: readonly number[];
}

function read(file: string): Decision {
  const text = readFileSync(join(folder, file), 'utf8');
  const [, number = '', title = ''] = /^# (\d+)\. (.+)$/m.exec(text) ?? [];
  const supersededBy = Array.from(text.matchAll(/^Superseded by \[ADR (\d+)\]/gm), ([, by]) => Number(by));
  return { number: Number(number), title, file, supersededBy };
}

const decisions = files.map(read);

test('decisions are numbered without a gap, by their names and by their titles', () => {
  expect(decisions.map(({ number }) => number)).toEqual(files.map((_, at) => at + 1));
  expect(files.map((file) => Number(file.slice(0, 4)))).toEqual(files.map((_, at) => at + 1));
});

test('a decision is superseded by one that exists', () => {
  for (const { number, supersededBy } of decisions) {
    for (const by of supersededBy)
      expect([number, by, by > number && by <= decisions.length]).toEqual([number, by, true]);
  }
});

test('the index equals the decisions (update: npx vitest run --project unit test/docs -u)', async () => {
  const fileOf = (number: number): string => decisions[number - 1]?.file ?? '';
  const rows = decisions.map(({ number, title, file, supersededBy }) => {
    const by = supersededBy.map((other) => `[ADR ${other.toString()}](${fileOf(other)})`).join(', ');
    return `| ${number.toString()} | [${title}](${file}) | ${by} |`;
  });
  const index = [
    '# Decisions',
    '',
    '> Generated from the titles of the files beside it: run `npx vitest run --project unit test/docs/adr-index.spec.ts -u`.',
    '',
    'Each says what was to be decided, what was decided and what follows. A decision that no longer holds stays here and',
    'names the one that took its place.',
    '',
    '| number | decision | superseded by |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
  await expect(index).toMatchFileSnapshot(join(folder, 'README.md'));
});
