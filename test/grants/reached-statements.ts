import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { readProject } from '../docs/statements.ts';
import { isStatementTag } from '../sql/sql-tags.ts';

const projectFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The statements that an app can run. */
export interface Reached {
  /** The places of the statements in each file of queries: 0 is its first. */
  readonly places: ReadonlyMap<string, ReadonlySet<number>>;
  /** SQL that the access to the database itself sends, such as the question for the migrations. */
  readonly texts: ReadonlySet<string>;
}

/** A part of a module that is used or not used as a whole: a function, a class, a variable. */
type Part = ts.Statement | ts.VariableDeclaration;

/** The files that send SQL without the tag. */
const ACCESS = 'libs/platform/database/src/';
const QUESTION = /^select\s[^]*\sfrom\s/;

/**
 * Follows the names that an app's main.ts uses, from declaration to declaration, and collects the statements that it
 * meets. A class counts as a whole; of a module, only the declarations that are named.
 */
export function reachedStatements(apps: readonly string[]): ReadonlyMap<string, Reached> {
  const graph = new Graph(apps.map(mainOf));
  return new Map(apps.map((app) => [app, graph.reachedFrom(mainOf(app))]));
}

function mainOf(app: string): string {
  return `apps/${app}/src/main.ts`;
}

class Graph {
  readonly #program: ts.Program;
  readonly #checker: ts.TypeChecker;
  readonly #uses = new Map<Part, ReadonlySet<Part>>();
  readonly #placed = new Map<string, ReadonlyMap<ts.Node, number>>();

  constructor(files: readonly string[]) {
    const path = join(projectFolder, 'tsconfig.json');
    const { config } = ts.readConfigFile(path, (file) => ts.sys.readFile(file)) as { config: unknown };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, projectFolder, {}, path);
    this.#program = ts.createProgram(
      files.map((file) => join(projectFolder, file)),
      { ...options, noEmit: true },
    );
    this.#checker = this.#program.getTypeChecker();
  }

  reachedFrom(main: string): Reached {
    const root = this.#program.getSourceFile(join(projectFolder, main));
    if (root === undefined) throw new Error(`${main} is not in the program`);
    const [places, texts] = [new Map<string, Set<number>>(), new Set<string>()];
    const waiting: Part[] = [...root.statements];
    const seen = new Set(waiting);
    for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
      this.#collect(part, places, texts);
      for (const used of this.#usesOf(part)) {
        if (seen.has(used)) continue;
        seen.add(used);
        waiting.push(used);
      }
    }
    return { places, texts };
  }

  #collect(part: Part, places: Map<string, Set<number>>, texts: Set<string>): void {
    const file = nameOf(part.getSourceFile());
    const placed = this.#placesIn(file, part.getSourceFile());
    const visit = (node: ts.Node): void => {
      const place = placed.get(node);
      if (place !== undefined) places.set(file, (places.get(file) ?? new Set()).add(place));
      if (file.startsWith(ACCESS) && ts.isStringLiteralLike(node) && QUESTION.test(node.text)) texts.add(node.text);
      ts.forEachChild(node, visit);
    };
    visit(part);
  }

  #placesIn(file: string, source: ts.SourceFile): ReadonlyMap<ts.Node, number> {
    const known = this.#placed.get(file);
    if (known !== undefined) return known;
    const places = new Map<ts.Node, number>();
    const visit = (node: ts.Node): void => {
      if (isStatementTag(node)) places.set(node, places.size);
      ts.forEachChild(node, visit);
    };
    if (file.endsWith('.queries.ts')) visit(source);
    this.#placed.set(file, places);
    return places;
  }

  #usesOf(part: Part): ReadonlySet<Part> {
    const known = this.#uses.get(part);
    if (known !== undefined) return known;
    const used = new Set<Part>();
    const visit = (node: ts.Node): void => {
      // The program that runs has no types, but for the class that another one extends.
      if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
      if (ts.isIdentifier(node) && !isMember(node)) for (const each of this.#declared(node)) used.add(each);
      ts.forEachChild(node, visit);
    };
    visit(part);
    used.delete(part);
    this.#uses.set(part, used);
    return used;
  }

  /** The parts of the project's modules that an identifier names. */
  #declared(node: ts.Identifier): readonly Part[] {
    const found = ts.isShorthandPropertyAssignment(node.parent)
      ? this.#checker.getShorthandAssignmentValueSymbol(node.parent)
      : this.#checker.getSymbolAtLocation(node);
    if (found === undefined) return [];
    const symbol = (found.flags & ts.SymbolFlags.Alias) === 0 ? found : this.#checker.getAliasedSymbol(found);
    return (symbol.declarations ?? []).flatMap((declaration) => {
      const source = declaration.getSourceFile();
      if (source.isDeclarationFile || nameOf(source).startsWith('..')) return [];
      const part = partAround(declaration);
      return part === undefined ? [] : [part];
    });
  }
}

/** True for the name of a member, which the object before it brings along; to find its type would take long. */
function isMember(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent)) &&
    parent.name === node
  );
}

/** The declaration at the top of a module that a node is or stands in. */
function partAround(node: ts.Node): Part | undefined {
  for (let at: ts.Node = node; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isVariableDeclaration(at) && ts.isSourceFile(at.parent.parent.parent)) return at;
    if (ts.isSourceFile(at.parent) && !ts.isVariableStatement(at))
      return ts.isImportDeclaration(at) ? undefined : (at as ts.Statement);
  }
  return undefined;
}

function nameOf({ fileName }: ts.SourceFile): string {
  return relative(projectFolder, fileName).replaceAll('\\', '/');
}

/** The number of statements in a file, for the check that the registry has as many. */
export function statementsIn(file: string): number {
  let count = 0;
  const visit = (node: ts.Node): void => {
    if (isStatementTag(node)) count += 1;
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readProject(file), ts.ScriptTarget.ES2024, true));
  return count;
}
