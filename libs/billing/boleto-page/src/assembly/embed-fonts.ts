import { deflateSync } from 'node:zlib';
import type PdfKit from 'pdfkit';
import { EMBEDDED_FONTS } from './embedded-fonts.ts';
import { FACES, type Face } from '../drawing/mark.ts';
import { characterOf } from '../text/printable-text.ts';

type Pdf = InstanceType<typeof PdfKit>;

/** Whose metrics the page is set with: those of the embedded fonts are the same. */
export const STANDARD_FONTS: Readonly<Record<Face, string>> = { regular: 'Helvetica', bold: 'Helvetica-Bold' };

const FIRST_CHARACTER = 0x20;
const LAST_CHARACTER = 0xff;
/** Of a font whose characters all are in the standard Latin set (ISO 32000-1, 9.8.2). */
const NONSYMBOLIC = 32;

/** Compressed, as they are in every file. */
const programs: Readonly<Record<Face, Buffer>> = {
  regular: deflateSync(Buffer.from(EMBEDDED_FONTS.regular.cff, 'base64'), { level: 9 }),
  bold: deflateSync(Buffer.from(EMBEDDED_FONTS.bold.cff, 'base64'), { level: 9 }),
};

/** What the fonts add to each file. */
export const FONT_BYTES = programs.regular.length + programs.bold.length;

/** pdfkit's object for one of PDF's standard fonts, as far as it is used here; a test notices when it has changed. */
interface StandardFont {
  readonly dictionary: { data: object; end(): void };
  widthOfString(text: string, size: number): number;
  embed: () => void;
}

/**
 * Has pdfkit write the two faces of the page with their programs. It sets and measures texts by the metrics of Helvetica, as before;
 * a reader without Helvetica would otherwise take another font, whose digits run out of their boxes.
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
  file.compress = false; // it is compressed already
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
