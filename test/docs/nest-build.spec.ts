import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

interface Project {
  readonly entryFile: string;
  readonly compilerOptions: { readonly tsConfigPath: string };
}

// A whole compilation, beside the tests of the other processor.
const BUILD_MS_MAX = 300_000;

test('nest build makes the entry of every app that nest-cli.json lists', { timeout: BUILD_MS_MAX }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'nest-build-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const { projects } = JSON.parse(readFileSync(join(root, 'nest-cli.json'), 'utf8')) as {
    projects: Readonly<Record<string, Project>>;
  };
  const apps = Object.entries(projects);
  // All apps are one program, so a build of one app builds all of them.
  const configs = new Set(apps.map(([, { compilerOptions }]) => compilerOptions.tsConfigPath));
  expect([...configs]).toEqual(['tsconfig.build.json']);

  const config = join(folder, 'tsconfig.json');
  const outDir = join(folder, 'dist');
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(root, 'tsconfig.build.json'),
      compilerOptions: { outDir, rootDir: root, typeRoots: [join(root, 'node_modules', '@types')] },
    }),
  );
  const [first] = apps;
  const built = spawnSync(
    join(root, 'node_modules', '.bin', 'nest'),
    ['build', first?.[0] ?? '', '--path', relative(root, config)],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  expect([built.status, built.stdout, built.stderr]).toEqual([0, '', '']);
  expect(apps.filter(([, { entryFile }]) => !existsSync(join(outDir, `${entryFile}.js`)))).toEqual([]);
});
