import { isDigits } from '../entry/values.ts';
import type { FileProblem } from './file-problems.ts';
import { lineText } from './line-text.ts';
import { endOfText, isBlankLine, splitLines, startOfText, type RawLine } from './lines.ts';

export type Width = 240 | 400;
export type FileKind = 'remessa' | 'retorno';

/** The facts that the first lines of a CNAB file state. */
export interface Detected {
  readonly width: Width;
  /** Three digits as printed; 353 is Santander's other code. */
  readonly bank: string;
  readonly kind: FileKind;
  readonly lines: readonly RawLine[];
}

/** Services of cobrança: 01 with and 02 without registration. Test files leave the field zero. */
const COBRANCA: ReadonlySet<string> = new Set(['01', '02', '00', '  ']);

/** The type of a lot's header. */
const ONE = 49;

/** Finds width, bank and kind by content; a file without cobrança, or of no known form, is a problem. */
export function detectFile(bytes: Uint8Array): Detected | FileProblem {
  const start = startOfText(bytes);
  const head = lineText(bytes, { number: 1, start, end: Math.min(start + 444, bytes.length), isEnded: true }, 0).text;
  const width = widthOf(head.trimStart());
  if (width === undefined) return unknownForm(bytes, start, head);

  const lines = splitLines(bytes, width);
  const first = lines.find((line) => !isBlankLine(bytes, line));
  if (first === undefined) return { code: 'FILE_EMPTY', found: '' };
  const header = lineText(bytes, first, width).text;
  const lots = width === 240 ? lotHeaders(bytes, lines) : [];
  const kind = kindOf(header, width, lots);
  if (kind === undefined) return { code: 'NOT_A_RETORNO', found: header.slice(0, 26) };
  const service = otherService(header, width, lots);
  if (service !== undefined) return { code: 'OTHER_SERVICE', found: service };
  const bank = width === 240 ? header.slice(0, 3) : header.slice(76, 79);
  return { width, bank, kind, lines };
}

/** The header of 240 columns has lot 0000 and type 0 behind its bank, the other one its type and its kind in words. */
function widthOf(head: string): Width | undefined {
  if (head.startsWith('01REMESSA') || head.startsWith('02RETORNO')) return 400;
  return head.slice(3, 8) === '00000' && isDigits(head.slice(0, 3)) ? 240 : undefined;
}

/** A file of either width whose header is missing is no retorno; any other text has no width. */
function unknownForm(bytes: Uint8Array, start: number, head: string): FileProblem {
  const end = endOfText(bytes, start);
  const whole = { number: 1, start, end, isEnded: false };
  if (isBlankFile(bytes, whole)) return { code: 'FILE_EMPTY', found: '' };
  const [first] = splitLines(bytes, end - start);
  const length = first === undefined ? 0 : first.end - first.start;
  const found = head.slice(0, Math.min(length, 26));
  return { code: length === 240 || length === 400 ? 'NOT_A_RETORNO' : 'WIDTH_UNKNOWN', found };
}

function isBlankFile(bytes: Uint8Array, whole: RawLine): boolean {
  return splitLines(bytes, Math.max(whole.end - whole.start, 1)).every((line) => isBlankLine(bytes, line));
}

/** Some programs squeeze blanks out of the header of 240 columns: the lots state the operation too. */
function kindOf(header: string, width: Width, lots: readonly string[]): FileKind | undefined {
  const code = width === 240 ? header.charAt(142) : header.charAt(1);
  if (code === '1') return 'remessa';
  if (code === '2') return 'retorno';
  const operation = lots[0]?.charAt(8);
  if (operation === 'R') return 'remessa';
  return operation === 'T' ? 'retorno' : undefined;
}

/** The service of a file that has no cobrança in it; undefined for one that has. */
function otherService(header: string, width: Width, lots: readonly string[]): string | undefined {
  if (width === 400) return COBRANCA.has(header.slice(9, 11)) ? undefined : header.slice(9, 26).trimEnd();
  return lots.some(isCobranca) ? undefined : lots[0]?.slice(8, 13).trimEnd();
}

function lotHeaders(bytes: Uint8Array, lines: readonly RawLine[]): readonly string[] {
  return (
    lines
      // The eighth byte is the type of the record: only headers of lots are decoded.
      .filter(({ start }) => bytes[start + 7] === ONE)
      .map((line) => lineText(bytes, line, 240).text)
      .filter(isLotHeader)
  );
}

/** A header of a lot states an operation by a letter where a moved detail line has digits. */
export function isLotHeader(text: string): boolean {
  const operation = text.charAt(8);
  return text.charAt(7) === '1' && operation >= 'A' && operation <= 'Z';
}

/** True for a lot of cobrança. */
export function isCobranca(lotHeader: string): boolean {
  return COBRANCA.has(lotHeader.slice(9, 11));
}
