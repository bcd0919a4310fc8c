import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Both decide by a row that another transaction may be about to change: each says why that is right. */
const DECIDES_BY_ANOTHER = /\bon conflict\b.*\bdo nothing\b|\bskip locked\b/;
const IS_COMMENT = /^\s*(?:--|\/\/|\/?\*)/;

const sources = ['apps', 'libs']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  )
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts') && !path.includes('node_modules'));

const statements = sources.flatMap((path) => {
  const lines = readFileSync(join(root, path), 'utf8').split('\n');
  return lines.flatMap((line, at) =>
    DECIDES_BY_ANOTHER.test(line) && !IS_COMMENT.test(line)
      ? [{ path, line: line.trim(), before: lines[at - 1] ?? '' }]
      : [],
  );
});

test('the statements are found', () => {
  expect(statements.length).toBeGreaterThan(15);
});

test.each(statements)('$path: `$line` says why it may rely on a row of another transaction', ({ before }) => {
  expect(before).toMatch(/^\s*-- \S/);
});
