import ts from 'typescript';
import { productionFiles, readProject } from '../docs/statements.ts';

/** The tags that hold SQL, all from #database. */
const TAGS: ReadonlySet<string> = new Set(['sql', 'fragment']);
/** How statements are sent: the connection itself, its session and its migrations. */
const CONNECTION =
  /^libs\/platform\/database\/src\/(?:listener|migrate|sql|transaction|wait|write-rows|ddl\.queries)\.ts$/;
/** A sentence for people, which may begin with Select or Update. */
const SENTENCE = /^\s*[A-Z][a-z]/;
/** A text that begins as statements do. */
const STATEMENT =
  /^\s*(?:--[^\n]*\s*)*(?:select\s[^]*\sfrom\s|select\s+pg_\w+\(|insert\s+into\s|update\s+\w+(?:\s+\w+)?\s+set\s|delete\s+from\s|with\s+\w+\s+as\s+|truncate\s+\w|merge\s+into\s)/i;

export function queryFiles(): readonly string[] {
  return productionFiles().filter((file) => file.endsWith('.queries.ts'));
}

function tagOf(node: ts.Node): string | undefined {
  if (!ts.isTaggedTemplateExpression(node)) return undefined;
  // sql`…`, fragment`…` and sql.returning({ … })`…`
  let { tag }: { tag: ts.Expression } = node;
  if (ts.isCallExpression(tag)) tag = tag.expression;
  if (ts.isPropertyAccessExpression(tag)) tag = tag.expression;
  return ts.isIdentifier(tag) && TAGS.has(tag.text) ? tag.text : undefined;
}

/** True for a template that makes a statement: sql`…` and sql.returning({ … })`…`. */
export function isStatementTag(node: ts.Node): boolean {
  return tagOf(node) === 'sql';
}

interface Found {
  /** Statements that are registered when the module is loaded. */
  readonly statements: number;
  /** Breaches of the rules, with their lines. */
  readonly faults: readonly string[];
}

/**
 * Reads the SQL of a file. A statement must be made at the top of a `*.queries.ts`, so that loading the module
 * registers it, and no text is sent but by a statement.
 */
export function readSql(file: string, source = readProject(file)): Found {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ES2024, true);
  const isQueries = file.endsWith('.queries.ts');
  const faults: string[] = [];
  let statements = 0;
  const note = (node: ts.Node, fault: string): void => {
    const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree));
    faults.push(`${file}:${(line + 1).toString()} ${fault}`);
  };
  const visit = (node: ts.Node, isTop: boolean): void => {
    const tag = tagOf(node);
    if (tag !== undefined && !isQueries) note(node, 'SQL outside a *.queries.ts');
    if (tag === 'sql') {
      if (isTop) statements += 1;
      else note(node, 'a statement made in a function, which no test prepares');
    }
    if (!CONNECTION.test(file)) {
      if (ts.isCallExpression(node) && isQuery(node.expression)) note(node, 'a query without a statement');
      if (isBareText(node)) note(node, 'SQL without a tag');
    }
    const inner = isTop && !ts.isFunctionLike(node);
    ts.forEachChild(node, (child) => {
      visit(child, inner);
    });
  };
  visit(tree, true);
  return { statements, faults };
}

function isQuery(called: ts.Expression): boolean {
  return (
    (ts.isPropertyAccessExpression(called) && called.name.text === 'query') ||
    (ts.isElementAccessExpression(called) &&
      ts.isStringLiteralLike(called.argumentExpression) &&
      called.argumentExpression.text === 'query')
  );
}

function isBareText(node: ts.Node): boolean {
  if (!ts.isStringLiteralLike(node) && !ts.isTemplateExpression(node)) return false;
  if (ts.isTaggedTemplateExpression(node.parent) && tagOf(node.parent) !== undefined) return false;
  const text = ts.isTemplateExpression(node)
    ? [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(' x ')
    : node.text;
  return !SENTENCE.test(text) && STATEMENT.test(text);
}
