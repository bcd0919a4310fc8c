import { expect, test } from 'vitest';
import { findingsIn, linesOf, passagesOf } from './prose.ts';
import { textOf, trackedFiles } from './tracked-files.ts';

test('each rule catches what it is about, and leaves plain English alone', () => {
  const text = [
    '/** Of each row its place. */',
    '/** The worker tells whoever asks. */',
    '// The process who was killed.',
    '// Rows that came lately.',
    `// ${'x'.repeat(120)}`,
    '/** The place of each row, for the person who asks. */',
    "test('somebody reads', () => undefined);",
    "test('a reader sees the rows', () => undefined);",
  ].join('\n');
  expect(findingsIn(passagesOf('a.ts', text)).map(({ rule, place }) => [rule, place])).toEqual([
    ['begins with a noun phrase or a verb', 'a.ts:1'],
    ['a program is a worker, caller or process', 'a.ts:2'],
    ['only people are who', 'a.ts:3'],
    ['words of today', 'a.ts:4'],
    ['120 columns', 'a.ts:5'],
    ['a program is a worker, caller or process', 'a.ts:7'],
  ]);
  expect(findingsIn(linesOf('a.md', 'Rows go to whoever asks.\n```sh\necho whoever\n```'))).toHaveLength(1);
});

/** A released migration is never edited, and the rules name the words that they forbid. */
const EXEMPT = /^(?:migrations\/\d{4}-.*|test\/docs\/prose(?:\.spec)?)\.ts$/;

test('comments, titles of tests and documents are plain English', () => {
  const code = trackedFiles('*.ts', '*.mjs', '*.cjs').filter((file) => !EXEMPT.test(file));
  const passages = [
    ...code.flatMap((file) => passagesOf(file, textOf(file))),
    ...trackedFiles('*.md').flatMap((file) => linesOf(file, textOf(file))),
  ];
  expect(passages.length).toBeGreaterThan(4_000);
  const findings = findingsIn(passages);
  const places = findings.map(({ rule, place, text }) => `${place} ${rule}: ${text}`);
  expect(places).toEqual([]);
});
