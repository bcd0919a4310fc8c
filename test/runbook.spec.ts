import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { refusals } from '../apps/upload-api/src/dead-letters/replay/refusals.ts';
import { readCommand, usage } from '../scripts/lib/ops-arguments.mjs';

const runbook = readFileSync(join(import.meta.dirname, '..', 'docs', 'runbook.md'), 'utf8');

/** As the usage has them, without what is given to them: `dead-letters list`, `pause`, … */
const commands = usage
  .split('\n\n')[1]
  ?.split('\n')
  .map((line) => /^ {2}([a-z-]+(?: [a-z]+)?)(?= |$)/.exec(line)?.[1])
  .filter((command) => command !== undefined);

/** What a reader would type, from the code of the runbook. */
const examples = Array.from(runbook.matchAll(/npm run ops -- ([^`\n]+)/g), ([, line]) => line ?? '').filter(
  (line) => line !== 'COMMAND' && !line.endsWith('…'),
);

describe('every ops command', () => {
  test.each(commands ?? [])('%s has a section in the runbook, and an example', (command) => {
    const headings = Array.from(runbook.matchAll(/^### ops (.+)$/gm), ([, words]) => words?.split(/\W+/) ?? []);
    const words = command.split(/\W+/);

    expect(headings.some((heading) => words.every((word) => heading.includes(word)))).toBe(true);
    expect(examples.map((example) => example.split(' ').slice(0, command.split(' ').length).join(' '))).toContain(
      command,
    );
  });

  test('is known: there are as many as the usage has', () => {
    expect(commands).toHaveLength(11);
  });
});

test.each(examples)('the example `npm run ops -- %s` is understood', (example) => {
  const words = Array.from(example.matchAll(/"([^"]*)"|\S+/g), ([word, quoted]) => quoted ?? word);
  expect(readCommand(words)).toBeDefined();
});

test('every reason for which an action is refused is explained', () => {
  const explained = Array.from(runbook.matchAll(/^\| `([A-Z_]+)` +\|/gm), ([, code]) => code);
  expect(explained).toEqual(expect.arrayContaining(Object.keys(refusals)));
});
