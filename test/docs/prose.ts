import ts from 'typescript';

/** A comment, a test's title or a line of a document, where it stands. */
export interface Passage {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** `line`: a line of a comment as it stands in the file. */
  readonly kind: 'comment' | 'line' | 'title' | 'document';
  readonly text: string;
}

export interface Finding {
  readonly rule: string;
  readonly place: string;
  readonly text: string;
}

/** A comment line has no more columns than code. */
const COLUMNS_MAX = 120;

const PEOPLE =
  'person|people|operators?|debtors?|payers?|uploaders?|readers?|users?|developers?|maintainers?|newcomers?|customers?|engineers?|someone|those|one';

/** The rules of docs/development.md under "English", as far as a program can tell. */
const rules: readonly { readonly name: string; readonly breaks: (passage: Passage) => boolean }[] = [
  {
    name: 'begins with a noun phrase or a verb',
    breaks: ({ kind, text }) => kind === 'comment' && /^(?:Of|What|Whether|As|By)\b/.test(text),
  },
  {
    name: 'a program is a worker, caller or process',
    breaks: ({ kind, text }) => kind !== 'line' && /\b(?:whoever|whom|somebody|nobody|anybody|everybody)\b/i.test(text),
  },
  {
    name: 'only people are who',
    breaks: ({ kind, text }) => kind !== 'line' && new RegExp(String.raw`(?<!\b(?:${PEOPLE}) )\bwho\b`, 'i').test(text),
  },
  {
    name: 'words of today',
    breaks: ({ kind, text }) => kind !== 'line' && /\b(?:lately|besides|hardly|for want of|all the same)\b/i.test(text),
  },
  {
    name: `${COLUMNS_MAX.toString()} columns`,
    breaks: ({ kind, text }) => kind === 'line' && text.length > COLUMNS_MAX,
  },
];

/** Every rule that a passage breaks. */
export function findingsIn(passages: readonly Passage[]): readonly Finding[] {
  return passages.flatMap((passage) =>
    rules
      .filter(({ breaks }) => breaks(passage))
      .map(({ name }) => ({
        rule: name,
        place: `${passage.file}:${passage.line.toString()}`,
        text: passage.text.slice(0, 120).replaceAll('\n', ' '),
      })),
  );
}

/** The comments of a source file without their marks, and the titles of its tests. */
export function passagesOf(file: string, text: string): readonly Passage[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lines = text.split('\n');
  const passages: Passage[] = [];
  const seen = new Set<number>();
  const addComments = (ranges: readonly ts.CommentRange[] | undefined): void => {
    for (const { pos, end } of ranges ?? []) {
      if (seen.has(pos)) continue;
      seen.add(pos);
      const line = source.getLineAndCharacterOfPosition(pos).line;
      passages.push({ file, line: line + 1, kind: 'comment', text: bare(text.slice(pos, end)) });
      const last = source.getLineAndCharacterOfPosition(end).line;
      for (let at = line; at <= last; at += 1)
        passages.push({ file, line: at + 1, kind: 'line', text: lines[at] ?? '' });
    }
  };
  const visit = (node: ts.Node): void => {
    addComments(ts.getLeadingCommentRanges(text, node.pos));
    addComments(ts.getTrailingCommentRanges(text, node.end));
    const title = titleOf(node);
    if (title !== undefined) {
      const { line } = source.getLineAndCharacterOfPosition(title.getStart());
      passages.push({ file, line: line + 1, kind: 'title', text: title.text });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  addComments(ts.getLeadingCommentRanges(text, source.endOfFileToken.pos));
  return passages;
}

/** The lines of a document outside its code. */
export function linesOf(file: string, text: string): readonly Passage[] {
  let isCode = false;
  return text.split('\n').flatMap((line, at): readonly Passage[] => {
    if (line.trimStart().startsWith('```')) isCode = !isCode;
    if (isCode || line.startsWith('    ')) return [];
    return [{ file, line: at + 1, kind: 'document', text: line }];
  });
}

function bare(comment: string): string {
  return comment
    .replace(/^\/\*\*?/, '')
    .replace(/\*\/$/, '')
    .replaceAll(/^[ \t]*(?:\/\/|\*(?!\/))? ?/gm, '')
    .trim();
}

/** The title in `test('…')`, `test.each(…)('…')`, `describe('…')`. */
function titleOf(node: ts.Node): ts.StringLiteralLike | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const [first] = node.arguments;
  if (first === undefined || !ts.isStringLiteralLike(first)) return undefined;
  return /^(?:test|describe|it)\b/.test(node.expression.getText()) ? first : undefined;
}
