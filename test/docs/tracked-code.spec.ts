import { join, relative } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { trackedFiles } from './tracked-files.ts';

const root = join(import.meta.dirname, '..', '..');

/** The files that a TypeScript project names itself, not those that they import. */
function filesOf(project: string): ReadonlySet<string> {
  const { config } = ts.readConfigFile(join(root, project), (path) => ts.sys.readFile(path));
  const { fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  return new Set(fileNames.map((path) => relative(root, path)));
}

const code = trackedFiles('*.ts', '*.mts', '*.cts', '*.js', '*.mjs', '*.cjs');

test('the types of every file of code are checked', () => {
  const checked = filesOf('tsconfig.json');
  expect(code.length).toBeGreaterThan(500);

  expect(code.filter((file) => !checked.has(file))).toEqual([]);
});

test('no types are written beside a module of ours', () => {
  // The one of a package that brings none.
  expect(code.filter((file) => /\.d\.[mc]?ts$/.test(file))).toEqual(['libs/platform/storage/src/s3rver.d.ts']);
});

test('the image is built without tools, and the tools are whole', () => {
  const product = [...filesOf('tsconfig.build.json')];
  expect(product.filter((file) => !/^(?:apps|libs|migrations)\//.test(file))).toEqual([]);

  const built = filesOf('tsconfig.tools.json');
  const tools = code.filter((file) => /^test\/(?:chaos|bench)\//.test(file) && !file.endsWith('.spec.ts'));
  expect(tools.length).toBeGreaterThan(50);
  expect(tools.filter((file) => !built.has(file))).toEqual([]);
});
