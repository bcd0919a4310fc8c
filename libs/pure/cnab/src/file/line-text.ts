import type { RawLine } from './lines.ts';

/** A line as text: one character a column. */
export interface Line {
  /** Counted from 1. */
  readonly number: number;
  /** Padded with blanks to the width of the layout. Longer if the line is. */
  readonly text: string;
  /** Columns that the file has, without blanks that an editor may have cut or added. */
  readonly columns: number;
  readonly isEnded: boolean;
}

const ONE_BYTE = new TextDecoder('latin1');
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a line. Files are of one byte a column. An editor that saved one as UTF-8 made two bytes of each accented
 * letter, which moves every field behind it: such a line is decoded before its columns are counted.
 */
export function lineText(bytes: Uint8Array, raw: RawLine, width: number): Line {
  const part = bytes.subarray(raw.start, raw.end);
  const plain = ONE_BYTE.decode(part);
  const text = part.length !== width && hasHighByte(part) ? (utf8(part) ?? plain) : plain;
  return { number: raw.number, text: text.padEnd(width), columns: columnsOf(text, width), isEnded: raw.isEnded };
}

function hasHighByte(part: Uint8Array): boolean {
  return part.some((byte) => byte > 127);
}

function utf8(part: Uint8Array): string | undefined {
  try {
    return UTF8.decode(part);
  } catch {
    return undefined;
  }
}

/** Blanks behind the text count only beyond the width: there they show that the fields before them moved. */
function columnsOf(text: string, width: number): number {
  return text.length > width ? text.length : text.trimEnd().length;
}
