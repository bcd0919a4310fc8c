import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { textOf, trackedFiles } from './tracked-files.ts';

/**
 * Members of a class body that are hidden by the word `private`. Constructors and their parameters keep the word:
 * JavaScript has no `#` for them, and Nest injects through them.
 */
function membersWithTheWord(file: string, source: string): readonly string[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ES2024, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isClassElement(node) && !ts.isConstructorDeclaration(node)) {
      const words = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
      if (words.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)) {
        const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree));
        found.push(`${file}:${line + 1} ${node.name?.getText(tree)}`);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

test('private members of a class body are written with #', () => {
  const files = trackedFiles('*.ts');
  expect(files.length).toBeGreaterThan(500);

  expect(files.flatMap((file) => membersWithTheWord(file, textOf(file)))).toEqual([]);
});

describe('a planted member is caught', () => {
  test.each([
    'private count = 0;',
    'private static readonly MAX = 1;',
    'private async send() {}',
    'private get size() {}',
  ])('%s', (member) => {
    expect(membersWithTheWord('planted.ts', `class Planted { ${member} }`)).toHaveLength(1);
  });

  test('and what is allowed is not', () => {
    const source = 'class A { #count = 0; private constructor(private readonly name: string) {} #send() {} }';
    expect(membersWithTheWord('planted.ts', source)).toEqual([]);
  });
});
