import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** Statements that decide by a row which another transaction may change. A comment must say why that is right. */
const DECIDES_BY_ANOTHER = /\bon conflict\b.*\bdo nothing\b|\bskip locked\b/;
const IS_COMMENT = /^\s*(?:--|\/\/|\/?\*)/;

/** Statements that change rows with a status. A comment must say what happens if the status has changed by then. */
const CHANGES_ROWS = /\b(?:update\s+\w+(?:\s+\w+)?\s+set|delete\s+from|do\s+update)\b/;
const ASKS_FOR_STATUS = /\b(?:where|and|or)\b.*\bstatus\b\s*(?:=|<>|not\b|in\b|is\b)/;

const sources = ['apps', 'libs']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  )
  .filter((path) => /(?<!\.spec|\.fixture)\.ts$/.test(path) && !path.includes('node_modules'));

interface Line {
  readonly path: string;
  readonly line: string;
  readonly before: string;
}

/** The lines of a text that match and are code, each with the one before it. */
function linesOf(path: string, text: string, wanted: RegExp): readonly Line[] {
  const lines = text.split('\n');
  return lines.flatMap((line, at) =>
    wanted.test(line) && !IS_COMMENT.test(line) ? [{ path, line: line.trim(), before: lines[at - 1] ?? '' }] : [],
  );
}

const texts = sources.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
const statements = texts.flatMap(({ path, text }) => linesOf(path, text, DECIDES_BY_ANOTHER));
/** The statements that change rows, from the SQL between backticks. */
const conditions = texts.flatMap(({ path, text }) =>
  text
    .split('`')
    .filter((sql, at) => at % 2 === 1 && CHANGES_ROWS.test(sql))
    .flatMap((sql) => linesOf(path, sql, ASKS_FOR_STATUS)),
);

test('the statements are found', () => {
  expect(statements.length).toBeGreaterThan(15);
  expect(conditions.length).toBeGreaterThan(20);
});

test.each(statements)('$path: `$line` says why it may rely on a row of another transaction', ({ before }) => {
  expect(before).toMatch(/^\s*-- \S/);
});

test.each(conditions)('$path: `$line` says what happens if the row has another status by then', ({ before }) => {
  expect(before).toMatch(/^\s*-- \S/);
});
