import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { productionFiles, readProject } from '../docs/statements.ts';

/** The modules of an HTTP app that act for a caller; those that put the app together have the data source itself. */
const ACTS_FOR_A_CALLER =
  /^apps\/(?:upload-api|billing-api)\/src\/(?!.*(?:\.module|\.fixture|\.spec)\.ts$)(?!main\.ts$)/;
/** The ways to the database that name no caller. */
const PACKAGES: ReadonlySet<string> = new Set(['typeorm', 'pg']);
const NAMES: ReadonlySet<string> = new Set([
  'createDataSource',
  'Db',
  'Listener',
  'runDdl',
  'Tx',
  'withReading',
  'withTransaction',
  'writeRows',
]);

/** Imports of a module that go past Tenancy. */
function waysRound(file: string, source = readProject(file)): readonly string[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ES2024, true);
  return tree.statements.filter(ts.isImportDeclaration).flatMap(({ moduleSpecifier, importClause }) => {
    const from = ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : '';
    if (PACKAGES.has(from)) return [`${file}: ${from}`];
    if (from !== '#database') return [];
    const bindings = importClause?.namedBindings;
    if (bindings === undefined || !ts.isNamedImports(bindings)) return [`${file}: all of #database`];
    const names = bindings.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
    return names.filter((name) => NAMES.has(name)).map((name) => `${file}: ${name} of #database`);
  });
}

test('an HTTP app reaches the database through Tenancy alone', () => {
  const files = productionFiles().filter((file) => ACTS_FOR_A_CALLER.test(file));
  expect(files.length).toBeGreaterThan(60);
  expect(files.flatMap((file) => waysRound(file))).toEqual([]);
});

describe('a planted way round is caught', () => {
  test.each([
    `import { DataSource } from 'typeorm';`,
    `import pg from 'pg';`,
    `import { withTransaction } from '#database';`,
    `import { sql, type Db } from '#database';`,
    `import { type Tx as T } from '#database';`,
    `import * as database from '#database';`,
  ])('%s', (source) => {
    expect(waysRound('apps/billing-api/src/planted.ts', source)).toHaveLength(1);
  });

  test('and what is allowed is not', () => {
    expect(waysRound('apps/billing-api/src/planted.ts', `import { column, sql } from '#database';`)).toEqual([]);
  });
});
