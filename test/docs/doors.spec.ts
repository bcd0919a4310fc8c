import ts from 'typescript';
import { expect, test } from 'vitest';
import { textOf, trackedFiles } from './tracked-files.ts';

/** Values that production code does not take through a door, each with the reason why it stays there. */
const EXCUSED: Readonly<Record<string, string>> = {
  '#access DEFAULT_ORGANIZATION': 'tests look for what the first organization owns',
  '#batches batchDiagram': 'docs/state-machines.md is generated from it',
  '#boleto barcodeFromLinha': 'an independent reader of pages compares what it decodes; retornos will need it',
  '#boleto-page renderBoleto': 'the reference that the fast printer is compared with',
  '#contracts brokerDefinitions': 'observability/rabbitmq/definitions.json is made of it',
  '#contracts brokerUsers': 'docs/roles.md and the tests of the definitions read it',
  '#contracts topologyMarkdown': 'docs/topology.md is generated from it',
  '#contracts/http permissions': 'docs/permissions.md is generated from it',
  '#contracts/http refusals': 'docs/runbook.md is compared with it',
  '#contracts/http roles': 'docs/permissions.md is generated from it',
  '#database SchemaNewerError': 'the test of migrations expects it',
  '#database Statement': 'the test of statements makes faulty ones',
  '#database poolStatistics': 'tests wait for connections to return',
  '#database readInts': 'a test reads what the validator remembers of ranges',
  '#database statements': 'a test prepares every statement',
  '#debts-csv COLUMNS': 'docs/csv.md is generated from it',
  '#debts-csv REJECTIONS': 'docs/csv.md is generated from it',
  '#debts-csv REJECTION_CODES': 'the sample has a row for every code',
  '#debts-csv decodeRecord': 'the cases are read record by record',
  '#debts-csv titlesOf': 'docs/csv.md is generated from it',
  '#http startHttpService': 'fixtures of the APIs start them without a signal handler',
  '#observability readinessMetric': 'observability/metrics.md is generated from it',
  '#pix buildDynamicBrCode': 'BR Codes of banks that register by Pix, and their vectors',
};

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, textOf(file), ts.ScriptTarget.Latest, true);
}

/**
 * `#lib` and the values that its index exports; types describe those, and are exported with them. An import with a star
 * leads into a folder, and is no door.
 */
function doors(): ReadonlyMap<string, readonly string[]> {
  const { imports } = JSON.parse(textOf('package.json')) as {
    imports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
  return new Map(
    Object.entries(imports)
      .filter(([door]) => door !== '#testing' && !door.includes('*'))
      .map(([door, { 'billing-source': source = '' }]) => [
        door,
        parse(source).statements.flatMap((statement) =>
          ts.isExportDeclaration(statement) &&
          !statement.isTypeOnly &&
          statement.exportClause !== undefined &&
          ts.isNamedExports(statement.exportClause)
            ? statement.exportClause.elements.filter(({ isTypeOnly }) => !isTypeOnly).map(({ name }) => name.text)
            : [],
        ),
      ]),
  );
}

/** Names that production code takes through a door, as `#lib name`. */
function taken(): ReadonlySet<string> {
  const files = trackedFiles('apps/*.ts', 'libs/*.ts', 'migrations/*.ts', 'scripts/*.mjs').filter(
    (file) => !/\.(?:spec|fixture)\.ts$|^libs\/platform\/testing\//.test(file),
  );
  const names = new Set<string>();
  for (const file of files) {
    for (const statement of parse(file).statements) {
      if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
      const { namedBindings } = statement.importClause ?? {};
      if (namedBindings === undefined || !ts.isNamedImports(namedBindings)) continue;
      for (const { name, propertyName } of namedBindings.elements) {
        names.add(`${statement.moduleSpecifier.text} ${(propertyName ?? name).text}`);
      }
    }
  }
  return names;
}

test('what a lib exports at its door is used by production code', () => {
  const used = taken();
  const unused = [...doors()].flatMap(([door, names]) =>
    names.map((name) => `${door} ${name}`).filter((each) => !used.has(each)),
  );
  expect(unused.toSorted()).toEqual(Object.keys(EXCUSED).toSorted());
});
