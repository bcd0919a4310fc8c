import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { projectFolder } from '../run/paths.mjs';
import { readJson } from '../run/run.mjs';

/** The files and options of `npm run secrets`, as package.json has them. */
const { scripts } = readJson(join(projectFolder, 'package.json')) as { scripts: { secrets: string } };
const [program, ...patterns] = scripts.secrets.split(' ').map((word) => word.replaceAll('"', ''));

/** `npm run secrets` in a folder that holds one file. */
function scan(file: string, text: string): { readonly code: number | null; readonly output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  mkdirSync(join(folder, file, '..'), { recursive: true });
  writeFileSync(join(folder, file), text);
  const scanned = spawnSync(
    join(projectFolder, 'node_modules', '.bin', program ?? ''),
    [...patterns, '--secretlintrc', join(projectFolder, '.secretlintrc.json')],
    { cwd: folder, encoding: 'utf8' },
  );
  return { code: scanned.status, output: scanned.stdout + scanned.stderr };
}

const PASSWORD = 'correct-horse';

/** Made here, so that the file itself holds no key. */
const key = (kind: string): string => `sbk_${kind}_${'0aZ'.repeat(17).slice(0, 49)}`;

test.each([
  ['a live key of the API', 'apps/planted.ts', `const key = '${key('live')}';\n`, 'secretlint-rule-pattern'],
  ['a test key of the API in a hidden folder', '.ci/planted', `KEY=${key('test')}\n`, 'secretlint-rule-pattern'],
  [
    'a database URL with its password',
    '.env.planted',
    `URL=postgres://app:${PASSWORD}@db.internal/app\n`,
    'PostgreSQL',
  ],
])('%s fails npm run secrets', (_, file, text, finding) => {
  const { code, output } = scan(file, text);

  expect(output).toContain(finding);
  expect(output).not.toContain(text.trim());
  expect(code).toBe(1);
});

test('what only looks like a key passes npm run secrets', () => {
  expect(scan('docs/planted.md', `Authorization: Bearer sbk_live_… and sbk_live_${'0'.repeat(48)}\n`)).toEqual({
    code: 0,
    output: '',
  });
});
