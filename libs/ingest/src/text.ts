/** What looks like nothing at either end of a cell: white space (NBSP and BOM included), zero-width characters. */
const EDGES = /^[\s\u200B-\u200D\u2060\uFEFF]+|[\s\u200B-\u200D\u2060\uFEFF]+$/g;

/** What nearly every text is made of; what has nothing else needs no closer look. */
const UNUSUAL = /[^ -~\u00C0-\u024F]/;
const UNTIDY_SPACE = /\s\s|[^\S ]/;

/** Excel's way of keeping the zeros in front of a number: ="0123". */
const EXCEL_TEXT = /^="(.*)"$/s;

/**
 * Control characters that no cell has a use for, and the ones that reverse the direction of writing: they make a name
 * show other letters than it has. Tab and line ends are white space, not controls.
 */
const CONTROLS = /(?![\t\n\r])[\p{Cc}\u202A-\u202E\u2066-\u2069]/u;

/** The cell without what surrounds it; Excel's ="…" is opened. */
export function trimCell(cell: string): string {
  if (isPlain(cell.charCodeAt(0)) && isPlain(cell.charCodeAt(cell.length - 1)) && !cell.startsWith('=')) return cell;
  const trimmed = cell.replaceAll(EDGES, '');
  const inner = EXCEL_TEXT.exec(trimmed)?.[1];
  return inner === undefined ? trimmed : inner.replaceAll(EDGES, '');
}

/** Visible ASCII. (Of an empty text the code is NaN, which is not.) */
function isPlain(code: number): boolean {
  return code > 0x20 && code < 0x7f;
}

/** A code or number without the apostrophe that spreadsheets put before text ('0123). Not for names: 't Hooft. */
export function withoutApostrophe(text: string): string {
  return text.startsWith("'") ? text.slice(1).replaceAll(EDGES, '') : text;
}

/** Text for people on one line: every run of white space, a quoted newline included, is one space. */
export function onOneLine(text: string): string {
  return UNTIDY_SPACE.test(text) ? text.replaceAll(/\s+/g, ' ') : text;
}

export function hasControls(text: string): boolean {
  return UNUSUAL.test(text) && CONTROLS.test(text);
}
