import { deflateSync } from 'node:zlib';
import type PdfKit from 'pdfkit';
import { FACES, type Face } from '../drawing/mark.ts';
import { characterOf } from '../text/printable-text.ts';
import { EMBEDDED_FONTS } from './embedded-fonts.ts';

type Pdf = InstanceType<typeof PdfKit>;

/** The fonts whose metrics set the page. The embedded fonts have the same metrics. */
export const STANDARD_FONTS: Readonly<Record<Face, string>> = { regular: 'Helvetica', bold: 'Helvetica-Bold' };

const FIRST_CHARACTER = 0x20;
const LAST_CHARACTER = 0xff;
/** Descriptor flag of a font whose characters all belong to the standard Latin set (ISO 32000-1, 9.8.2). */
const NONSYMBOLIC = 32;

/** Font programs, compressed as they are in every file. */
const programs: Readonly<Record<Face, Buffer>> = {
  regular: deflateSync(Buffer.from(EMBEDDED_FONTS.regular.cff, 'base64'), { level: 9 }),
  bold: deflateSync(Buffer.from(EMBEDDED_FONTS.bold.cff, 'base64'), { level: 9 }),
};

/** Bytes that the fonts add to each file. */
export const FONT_BYTES = programs.regular.length + programs.bold.length;

/** The parts that we use of pdfkit's object for a standard PDF font. A test fails when pdfkit changes them. */
interface StandardFont {
  readonly dictionary: { data: object; end(): void };
  widthOfString(text: string, size: number): number;
  embed: () => void;
}

/**
 * Makes pdfkit write the two faces of the page with their font programs. Texts are still set and measured by the
 * metrics of Helvetica. Without the programs a reader that lacks Helvetica would choose another font, whose digits run
 * out of their boxes.
 */
export function embedFonts(pdf: Pdf): void {
  for (const face of FACES) {
    const font = standardFont(pdf, face);
    font.embed = () => {
      writeFont(pdf, face, font);
    };
  }
}

function standardFont(pdf: Pdf, face: Face): StandardFont {
  pdf.font(STANDARD_FONTS[face]);
  const font: unknown = Reflect.get(pdf, '_font');
  if (!isStandardFont(font)) throw new Error(`pdfkit has no font ${STANDARD_FONTS[face]}`);
  return font;
}

function isStandardFont(font: unknown): font is StandardFont {
  return typeof font === 'object' && font !== null && 'embed' in font && 'widthOfString' in font;
}

function writeFont(pdf: Pdf, face: Face, font: StandardFont): void {
  const { name, bbox, ascent, descent, capHeight, stemV } = EMBEDDED_FONTS[face];
  const file = pdf.ref({ Subtype: 'Type1C', Filter: 'FlateDecode', Length: programs[face].length });
  file.compress = false; // already compressed
  file.end(programs[face]);
  const descriptor = pdf.ref({
    Type: 'FontDescriptor',
    FontName: name,
    Flags: NONSYMBOLIC,
    FontBBox: [...bbox],
    ItalicAngle: 0,
    Ascent: ascent,
    Descent: descent,
    CapHeight: capHeight,
    StemV: stemV,
    FontFile3: file,
  });
  descriptor.end(undefined);
  font.dictionary.data = {
    Type: 'Font',
    Subtype: 'Type1',
    BaseFont: name,
    Encoding: 'WinAnsiEncoding',
    FirstChar: FIRST_CHARACTER,
    LastChar: LAST_CHARACTER,
    Widths: widthsOf(font),
    FontDescriptor: descriptor,
  };
  font.dictionary.end();
}

function widthsOf(font: StandardFont): number[] {
  return Array.from({ length: LAST_CHARACTER - FIRST_CHARACTER + 1 }, (_, index) =>
    Math.round(font.widthOfString(characterOf(FIRST_CHARACTER + index), 1_000)),
  );
}
