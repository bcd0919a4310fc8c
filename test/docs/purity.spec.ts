import ts from 'typescript';
import { expect, test } from 'vitest';
import { textOf, trackedFiles } from './tracked-files.ts';

/** Globals that give something else at each call, or reach out of the process. */
const IMPURE = new Set([
  'process',
  'performance',
  'crypto',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'console',
]);

/** The places of a source where it asks a clock, chance or the outside. */
function impurities(file: string, text: string): readonly string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const code = node.getText();
    const asksClock =
      (ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments?.length ?? 0) === 0) ||
      (ts.isPropertyAccessExpression(node) && /^(?:Date\.now|Math\.random)$/.test(code));
    const reachesOut =
      ts.isIdentifier(node) &&
      IMPURE.has(node.text) &&
      !(ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) &&
      !ts.isPropertyAssignment(node.parent);
    if (asksClock || reachesOut) {
      found.push(`${file}:${(source.getLineAndCharacterOfPosition(node.getStart()).line + 1).toString()} ${code}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test('a clock, chance or the outside is noticed', () => {
  const text =
    'new Date();\nDate.now();\nMath.random();\nprocess.env;\nnew Date(0);\nDate.UTC(1);\nconst a = { process: 1 };';
  expect(impurities('a.ts', text)).toEqual([
    'a.ts:1 new Date()',
    'a.ts:2 Date.now',
    'a.ts:3 Math.random',
    'a.ts:4 process',
  ]);
});

test('pure libs ask no clock, no chance and nothing outside of them', () => {
  const files = trackedFiles('libs/pure/*.ts').filter((file) => !/\.(?:spec|fixture)\.ts$/.test(file));
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap((file) => impurities(file, textOf(file)))).toEqual([]);
});
