import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const projectFolder = fileURLToPath(new URL('../../', import.meta.url));

/** A text of a source file that may be SQL, with what a template fills in left out. */
export interface Text {
  readonly file: string;
  readonly text: string;
}

/** Source files that run in production, from the root of the project. */
export function productionFiles(): readonly string[] {
  return globSync('{apps,libs}/**/*.ts', { cwd: projectFolder })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !/\.(?:spec|fixture)\.ts$|^libs\/platform\/testing\//.test(file))
    .toSorted();
}

export function readProject(file: string): string {
  return readFileSync(`${projectFolder}${file}`, 'utf8');
}

/** Every string and template of a file. Comments are none, neither TypeScript's nor those within SQL. */
export function textsOf(file: string, source = readProject(file)): readonly Text[] {
  const found: Text[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) found.push({ file, text: node.text });
    else if (ts.isTemplateExpression(node)) {
      const text = [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(' … ');
      found.push({ file, text });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.ES2024));
  return found.map(({ text }) => ({ file, text: text.replaceAll(/--[^\n]*/g, '') }));
}

/** The tables of migrations/schema.sql. */
export function tableNames(): ReadonlySet<string> {
  return new Set(
    [...readProject('migrations/schema.sql').matchAll(/^create table (\w+) \(/gm)].map(([, name = '']) => name),
  );
}

/** The tables that a text of SQL writes. A lock (`for update of`) and the second half of an upsert are no target. */
export function tablesWritten(sql: string, tables: ReadonlySet<string>): readonly string[] {
  const targets = sql.matchAll(
    /\b(?:insert\s+into|delete\s+from|truncate(?:\s+table)?|merge\s+into|(?<!\b(?:for|key|do)\s+)update)\s+(?:only\s+)?(\w+)/gi,
  );
  return [...new Set([...targets].map(([, name = '']) => name))].filter((name) => tables.has(name));
}
