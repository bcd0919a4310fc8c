/** One character that looks like nothing: white space (NBSP and BOM included) or a zero-width character. */
const BLANK = /[\s\u200B-\u200D\u2060\uFEFF]/;

/** Any character outside those of almost every text. A text without one needs no closer look. */
const UNUSUAL = /[^ -~\u00C0-\u024F]/;
const UNTIDY_SPACE = /\s\s|[^\S ]/;

/**
 * Control characters that no cell has a use for, and the ones that reverse the direction of writing: they make a name
 * show other letters than it has. Tab and line ends are white space, not controls.
 */
const CONTROLS = /(?![\t\n\r])[\p{Cc}\u202A-\u202E\u2066-\u2069]/u;

/** The cell without what surrounds it; Excel's ="…" is opened. */
export function trimCell(cell: string): string {
  if (isPlain(cell.charCodeAt(0)) && isPlain(cell.charCodeAt(cell.length - 1)) && !cell.startsWith('=')) return cell;
  const trimmed = withoutEdges(cell);
  return isExcelText(trimmed) ? withoutEdges(trimmed.slice(2, -1)) : trimmed;
}

/** Excel's way of keeping the zeros in front of a number: ="0123". */
function isExcelText(text: string): boolean {
  return text.length > 2 && text.startsWith('="') && text.endsWith('"');
}

/** Loops from both ends: an expression that ends in `+$` tries every blank inside the text, in quadratic time. */
function withoutEdges(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && BLANK.test(text.charAt(start))) start += 1;
  while (end > start && BLANK.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** Visible ASCII. (Of an empty text the code is NaN, which is not.) */
function isPlain(code: number): boolean {
  return code > 0x20 && code < 0x7f;
}

/** A code or number without the apostrophe that spreadsheets put before text ('0123). Not for names: 't Hooft. */
export function withoutApostrophe(text: string): string {
  return text.startsWith("'") ? withoutEdges(text.slice(1)) : text;
}

/** Text for people on one line: every run of white space, a quoted newline included, is one space. */
export function onOneLine(text: string): string {
  return UNTIDY_SPACE.test(text) ? text.replaceAll(/\s+/g, ' ') : text;
}

/**
 * Characters without a look of their own: soft hyphens, zero-width characters, marks of direction, variation selectors.
 */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * The one form of ids that look alike, whatever machine they were typed on: no invisible characters, composed letters
 * (NFC: one ç, not c and a cedilla), every run of white space one space, none at the ends.
 */
export function normaliseId(cell: string): string {
  const visible = UNUSUAL.test(cell) ? cell.replaceAll(INVISIBLE, '').normalize('NFC') : cell;
  return onOneLine(withoutApostrophe(trimCell(visible)));
}

export function hasControls(text: string): boolean {
  return UNUSUAL.test(text) && CONTROLS.test(text);
}
