import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { refusals } from '#contracts/http';
import { readCommand, usage } from '../../scripts/lib/ops/ops-arguments.mjs';

const runbook = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'runbook.md'), 'utf8');

/** The commands of the usage without their arguments: `dead-letters list`, `pause`, … */
const commands = usage
  .split('\n\n')[1]
  ?.split('\n')
  .map((line) => /^ {2}([a-z-]+(?: [a-z]+)?)(?= |$)/.exec(line)?.[1])
  .filter((command) => command !== undefined);

/** The commands that a reader would type, from the code of the runbook. */
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

  test('is found: there are as many as in the usage', () => {
    expect(commands).toHaveLength(13);
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

describe('requests that are refused', () => {
  const section = runbook.slice(runbook.indexOf('## Requests that are refused'), runbook.indexOf('## Operating'));
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  const environment = readFileSync(join(import.meta.dirname, '..', '..', '.env.example'), 'utf8');

  test('every 408, 413, 421, 429 and 503 of the code is explained', () => {
    const root = join(import.meta.dirname, '..', '..');
    const sources = [
      'apps/upload-api/src',
      'apps/billing-api/src',
      'apps/gateway/src',
      'libs/platform/http/src',
      'libs/contracts/src/http/access',
    ]
      .flatMap((folder) =>
        readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(root, folder, name)),
      )
      .filter((path) => path.endsWith('.ts') && !/\.(?:spec|fixture)\.ts$/.test(path))
      .map((path) => readFileSync(path, 'utf8'));
    const forms = [
      /status: (?:408|413|421|429|503),\s+code: '([A-Z_]+)'/g,
      /^ {2}([A-Z_]+): \{ status: (?:408|413|421|429|503),/gm,
      /refusal\(\s*'([A-Z_]+)'/g,
    ];
    const codes = forms.flatMap((form) => Array.from(sources.join('\n').matchAll(form), ([, code]) => code));

    expect(new Set(codes).size).toBeGreaterThan(12);
    for (const code of codes) expect(section).toContain(`\`${code ?? ''}\``);
  });

  test('every variable that is named is in .env.example', () => {
    const variables = rows.flatMap((row) => row.split('|')[4]?.match(/[A-Z][A-Z_]{5,}/g) ?? []);

    expect(variables.length).toBeGreaterThan(8);
    for (const variable of variables) expect(environment).toMatch(new RegExp(`^#? ?${variable}=`, 'm'));
  });
});
