// npm run regexes: every regular expression of libs/, apps/ and scripts/ (tests apart) must take linear time on any
// text.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

process.env['RECHECK_SYNC_BACKEND'] = 'pure';
const { checkSync } = await import('recheck');

/** The limit is long because recheck answers "unknown" when its time is over, and machines are busy. */
const TIMEOUT_MS = 120_000;

const ROOT = join(fileURLToPath(import.meta.url), '..', '..');

/**
 * Expressions that recheck does not call safe, or cannot see whole, and why they do no harm. `start` begins the
 * expression, or the call that makes it, as it stands in the file. One that is no longer needed fails the check.
 *
 * @type {readonly { file: string; start: string; reason: string }[]}
 */
const EXCEPTIONS = [
  {
    file: 'libs/billing/boleto-page/src/assembly/drawing.ts',
    start: 'new RegExp(`/${key} ',
    reason: 'key is one of our own names; the expression has one repetition, and reads a template that we made',
  },
  {
    file: 'libs/platform/observability/src/mask.ts',
    start: 'new RegExp(\n  [\n    `(?<id>${UUID})',
    reason:
      'every repetition has a maximum, so an attempt has a greatest cost and a text takes linear time: 0.44 s for the worst 64 KiB',
  },
  {
    file: 'scripts/lib/services/docker.mjs',
    start: 'new RegExp(`^  ${name}:',
    reason: 'reads compose.yaml of this repository',
  },
  {
    file: 'scripts/security/tenant-requests.mjs',
    start: 'new RegExp(`"${field}":',
    reason: 'field is one of three names beside it; what the repetition takes ends at the next quotation mark',
  },
];

/** @typedef {ReadonlyMap<string, ts.Expression>} Constants the first values of a file's variables */

/**
 * The text that a constant expression makes.
 * @param {ts.Node} node
 * @param {Constants} constants
 * @returns {string | undefined}
 */
function textOf(node, constants) {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isIdentifier(node)) {
    const value = constants.get(node.text);
    return value === undefined ? undefined : textOf(value, constants);
  }
  if (ts.isTemplateExpression(node)) {
    const spans = node.templateSpans.map(({ expression, literal: { text } }) => [textOf(expression, constants), text]);
    return together([node.head.text, ...spans.flat()], '');
  }
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    const { expression, name } = node.expression;
    const [separator] = node.arguments;
    if (name.text !== 'join' || !ts.isArrayLiteralExpression(expression) || separator === undefined) return undefined;
    return together(
      expression.elements.map((element) => textOf(element, constants)),
      textOf(separator, constants) ?? ',',
    );
  }
  return undefined;
}

/** @param {readonly (string | undefined)[]} parts @param {string} separator */
function together(parts, separator) {
  return parts.includes(undefined) ? undefined : parts.join(separator);
}

/** @param {ts.Node} node @param {Constants} constants @returns {{ source: string; flags: string } | undefined} */
function expressionOf(node, constants) {
  if (ts.isRegularExpressionLiteral(node)) {
    const end = node.text.lastIndexOf('/');
    return { source: node.text.slice(1, end), flags: node.text.slice(end + 1) };
  }
  const constant = ts.isIdentifier(node) ? constants.get(node.text) : undefined;
  if (constant !== undefined && ts.isRegularExpressionLiteral(constant)) return expressionOf(constant, constants);
  const source = textOf(node, constants);
  return source === undefined ? undefined : { source, flags: '' };
}

/** The expressions of a file; `known` is undefined for one that is made of what only the running program knows. */
function expressionsOf(/** @type {string} */ file) {
  const tree = ts.createSourceFile(file, readFileSync(join(ROOT, file), 'utf8'), ts.ScriptTarget.Latest, true);
  /** @type {{ file: string; line: number; text: string; known: { source: string; flags: string } | undefined }[]} */
  const found = [];
  /** @type {Map<string, ts.Expression>} */
  const constants = new Map();
  const add = (/** @type {ts.Node} */ node, /** @type {{ source: string; flags: string } | undefined} */ known) => {
    const line = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
    found.push({ file, line, text: node.getText(tree), known });
  };
  const visit = (/** @type {ts.Node} */ node) => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer !== undefined) {
      constants.set(node.name.text, node.initializer);
    }
    if (ts.isRegularExpressionLiteral(node)) add(node, expressionOf(node, constants));
    if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText(tree) === 'RegExp') {
      const [pattern, flags] = node.arguments ?? [];
      const known = pattern === undefined ? undefined : expressionOf(pattern, constants);
      const isFlagged = flags !== undefined && ts.isStringLiteralLike(flags);
      add(node, known === undefined || !isFlagged ? known : { source: known.source, flags: flags.text });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** The fault of an expression; undefined if it has none. */
function faultOf(/** @type {{ source: string; flags: string } | undefined} */ known) {
  if (known === undefined) return 'is made while the program runs';
  const found = checkSync(known.source, known.flags, { timeout: TIMEOUT_MS });
  if (found.status === 'safe') return undefined;
  return `${found.status}: ${'complexity' in found ? found.complexity.summary : 'recheck cannot tell'}`;
}

const files = ['libs', 'apps', 'scripts']
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter((file) => /\.m?[jt]s$/.test(file) && !/\.(?:spec|fixture)\.ts$|\.d\.m?ts$|node_modules/.test(file));
const all = files.toSorted().flatMap((file) => expressionsOf(file));
const unused = new Set(EXCEPTIONS);
let faults = 0;
for (const { file, line, text, known } of all) {
  const fault = faultOf(known);
  if (fault === undefined) continue;
  const exception = EXCEPTIONS.find((each) => each.file === file && text.startsWith(each.start));
  if (exception !== undefined) unused.delete(exception);
  else {
    faults += 1;
    console.error(`${file}:${line}: ${text} ${fault}`);
  }
}
for (const { file, start } of unused) console.error(`${file}: the exception for ${start} is not needed`);
console.log(
  `${all.length} regular expressions in ${files.length} files: ${faults} faults, ${EXCEPTIONS.length - unused.size} exceptions`,
);
if (faults + unused.size > 0) process.exitCode = 1;
