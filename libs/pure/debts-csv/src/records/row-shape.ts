/**
 * The looks of a row of one file, as far as a scanner of bytes needs them. A file without a shape was split by a
 * version that knew none, and is read as it was split.
 */
export interface RowShape {
  /** Cells a row has at least: those behind them are optional. */
  readonly cellsMin: number;
  /** The columns whose cells are known by their looks. */
  readonly governmentId: number;
  readonly email: number;
  readonly debtDueDate: number;
}

/**
 * A quoted cell that holds a line end: its text from `from` to `to` (exclusive: the closing quote), in its record's
 * column.
 */
interface LongCell {
  readonly from: number;
  readonly to: number;
  readonly column: number;
}

/** The bytes between which cells and lines stand. */
interface Separators {
  readonly delimiter: number;
  readonly newline: number;
}

const QUOTE = 0x22;
const AT = 0x40;
const ZERO = 0x30;
const NINE = 0x39;
/** Cells that must look right, out of the three that are known by their looks. One may be wrong in a real row. */
const LOOKS_MIN = 2;
const DOCUMENT_DIGITS_MIN = 3;
const DATE_DIGITS_MIN = 3;
const DATE_CHARS_MAX = 32;

/** White space, the marks that spreadsheets put around a text, and what stands between the digits of a document. */
const DOCUMENT_MARKS = new Set(Array.from(' \t\r"\'=./-', (mark) => mark.charCodeAt(0)));
const DATE_SEPARATORS = new Set(Array.from('/-.', (mark) => mark.charCodeAt(0)));
const DATE_MARKS = new Set(Array.from(' \t\r"\'=:TZ', (mark) => mark.charCodeAt(0)));

/**
 * True if a record of several lines holds another row: two wrong quotes, in two rows, make one cell of all that stands
 * between them. RFC 4180 takes it for one record, and a debt would be lost without a count.
 *
 * Such a cell is told by a line in it that is a row by itself: it has enough cells, and of document, e-mail and due
 * date two look right in their places, of which one at least would be part of the quoted text. An address of two lines
 * has none, and no more has a name of two lines, although the line that ends it goes on with the rest of its row.
 */
export function swallowsRow(
  bytes: Uint8Array,
  record: { readonly start: number; readonly end: number },
  shape: RowShape,
  separators: Separators,
): boolean {
  const cells = longCells(bytes, record, separators);
  let lineStart = record.start;
  while (lineStart < record.end) {
    const found = bytes.indexOf(separators.newline, lineStart);
    const lineEnd = found < 0 || found > record.end ? record.end : found;
    const line = looksOf(bytes, { start: lineStart, end: lineEnd }, shape, separators.delimiter);
    if (line.isRow && cells.some((cell) => isOfAnotherRow(line, lineStart, lineEnd, cell))) return true;
    lineStart = lineEnd + 1;
  }
  return false;
}

/** True if a line alone, whatever its quotes, is a row by its looks. */
export function looksLikeRow(
  bytes: Uint8Array,
  line: { readonly start: number; readonly end: number },
  shape: RowShape,
  delimiter: number,
): boolean {
  return looksOf(bytes, line, shape, delimiter).isRow;
}

/** The quoted cells of a well-formed record that hold a line end. */
function longCells(
  bytes: Uint8Array,
  { start, end }: { readonly start: number; readonly end: number },
  { delimiter, newline }: Separators,
): readonly LongCell[] {
  const cells: LongCell[] = [];
  let column = 0;
  let at = start;
  while (at < end) {
    if (bytes[at] === QUOTE) {
      const from = at + 1;
      let hasLineEnd = false;
      for (at = from; at < end; at++) {
        if (bytes[at] === newline) hasLineEnd = true;
        if (bytes[at] !== QUOTE) continue;
        if (bytes[at + 1] !== QUOTE) break;
        at++;
      }
      if (hasLineEnd) cells.push({ from, to: at, column });
    }
    while (at < end && bytes[at] !== delimiter) at++;
    column++;
    at++;
  }
  return cells;
}

interface Looks {
  readonly isRow: boolean;
  /** Where the cells that look right begin. */
  readonly places: readonly { readonly column: number; readonly start: number }[];
  /** Where every cell of the line begins. */
  readonly starts: readonly number[];
}

function looksOf(
  bytes: Uint8Array,
  { start, end }: { readonly start: number; readonly end: number },
  shape: RowShape,
  delimiter: number,
): Looks {
  const starts = [start];
  for (let at = start; at < end; at++) if (bytes[at] === delimiter) starts.push(at + 1);
  if (starts.length < shape.cellsMin) return { isRow: false, places: [], starts };
  const tests = [
    [shape.governmentId, looksLikeDocument],
    [shape.email, looksLikeEmail],
    [shape.debtDueDate, looksLikeDate],
  ] as const;
  const places = tests.flatMap(([column, looksRight]) => {
    const from = starts[column];
    const to = (starts[column + 1] ?? end + 1) - 1;
    return from !== undefined && looksRight(bytes.subarray(from, to)) ? [{ column, start: from }] : [];
  });
  return { isRow: places.length >= LOOKS_MIN, places, starts };
}

/** True if a line that looks like a row owes that to the text of a quoted cell. */
function isOfAnotherRow({ places, starts }: Looks, lineStart: number, lineEnd: number, cell: LongCell): boolean {
  const closesHere = cell.to >= lineStart && cell.to <= lineEnd;
  // The column in which the quote closes, if the line were a row by itself.
  const closingColumn = closesHere ? starts.filter((start) => start <= cell.to).length - 1 : undefined;
  // The line goes on with the rest of its row, whose cells then do not stand in their places.
  if (closingColumn !== undefined && closingColumn !== cell.column) return true;
  return places.some(({ column, start }) => {
    const isCellItself = column === closingColumn && column === cell.column;
    return start >= cell.from && start <= cell.to && !isCellItself;
  });
}

function looksLikeEmail(cell: Uint8Array): boolean {
  return cell.includes(AT);
}

function looksLikeDocument(cell: Uint8Array): boolean {
  const digits = cell.reduce((count, byte) => (byte >= ZERO && byte <= NINE ? count + 1 : count), 0);
  return digits >= DOCUMENT_DIGITS_MIN && cell.every((byte) => isDigit(byte) || DOCUMENT_MARKS.has(byte));
}

function looksLikeDate(cell: Uint8Array): boolean {
  if (cell.length > DATE_CHARS_MAX) return false;
  let digits = 0;
  let separators = 0;
  for (const byte of cell) {
    if (isDigit(byte)) digits++;
    else if (DATE_SEPARATORS.has(byte)) separators++;
    else if (!DATE_MARKS.has(byte)) return false;
  }
  return separators >= 2 && digits >= DATE_DIGITS_MIN;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}
