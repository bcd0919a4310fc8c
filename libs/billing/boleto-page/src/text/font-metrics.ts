import { literalString } from '../assembly/pdf-text.ts';
import { POINTS_PER_MM, type Face, type Measure } from '../drawing/mark.ts';
import { openPdf, useFont } from '../drawing/paint.ts';
import { characterOf, winAnsiBytes } from './printable-text.ts';

const BYTES = 256;
/** Units per em, in which PDF gives widths. */
const UNITS = 1_000;
const NOT_ASKED = 0x7fff;

/** Lines remembered for each face. When it is full, all are forgotten. */
const LINES_MAX = 256;

interface Line {
  /** The text in WinAnsiEncoding, one character per byte. */
  readonly bytes: string;
  readonly units: number;
  operator?: string;
}

interface FaceMetrics {
  readonly lines: Map<string, Line>;
  readonly face: Face;
  /** Widths by byte, in thousandths of the size. */
  readonly widths: Float64Array;
  /** Kerning by left and right byte; NOT_ASKED until a text needs it. */
  readonly kerning: Int16Array;
}

/**
 * Widths and kerning of the page's fonts, read from pdfkit once. Lines are then measured and written without pdfkit,
 * with the same result.
 */
export class FontMetrics {
  readonly #pdf = openPdf({});
  readonly #faces: Readonly<Record<Face, FaceMetrics>>;

  constructor() {
    this.#faces = { regular: this.#learn('regular'), bold: this.#learn('bold') };
  }

  /** Measures like pdfkit, except for the last bit of a double. */
  readonly measure: Measure = (face, size, text) => (this.#line(face, text).units * (size / UNITS)) / POINTS_PER_MM;

  /** The operator that shows the text, kerned like pdfkit's. The characters of the result are bytes. */
  show(face: Face, text: string): string {
    const line = this.#line(face, text);
    line.operator ??= this.#operatorOf(line, this.#faces[face]);
    return line.operator;
  }

  /**
   * A line with its measurements, remembered because most texts occur twice on a boleto and some on the next one too.
   */
  #line(face: Face, text: string): Line {
    const metrics = this.#faces[face];
    const known = metrics.lines.get(text);
    if (known !== undefined) return known;
    const bytes = winAnsiBytes(text);
    const line = { bytes, units: this.#unitsOf(bytes, metrics) };
    if (metrics.lines.size >= LINES_MAX) metrics.lines.clear();
    metrics.lines.set(text, line);
    return line;
  }

  #unitsOf(bytes: string, metrics: FaceMetrics): number {
    let units = 0;
    let left = -1;
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes.charCodeAt(at);
      units += metrics.widths[byte] ?? 0;
      if (left !== -1) units += this.#kerningBetween(metrics, left, byte);
      left = byte;
    }
    return units;
  }

  #operatorOf({ bytes }: Line, metrics: FaceMetrics): string {
    let parts = '';
    let from = 0;
    for (let at = 1; at < bytes.length; at += 1) {
      const kerning = this.#kerningBetween(metrics, bytes.charCodeAt(at - 1), bytes.charCodeAt(at));
      if (kerning === 0) continue;
      parts += `${literalString(bytes.slice(from, at))}${(-kerning).toString()}`;
      from = at;
    }
    return from === 0 ? `${literalString(bytes)}Tj` : `[${parts}${literalString(bytes.slice(from))}]TJ`;
  }

  #kerningBetween(metrics: FaceMetrics, left: number, right: number): number {
    const index = left * BYTES + right;
    const known = metrics.kerning[index] ?? 0;
    if (known !== NOT_ASKED) return known;
    const together = this.#ask(metrics.face, characterOf(left) + characterOf(right));
    const kerning = together - (metrics.widths[left] ?? 0) - (metrics.widths[right] ?? 0);
    metrics.kerning[index] = kerning;
    return kerning;
  }

  #ask(face: Face, text: string): number {
    return Math.round(useFont(this.#pdf, face, UNITS).widthOfString(text));
  }

  #learn(face: Face): FaceMetrics {
    const widths = Float64Array.from({ length: BYTES }, (_, byte) => this.#ask(face, characterOf(byte)));
    return { face, lines: new Map(), widths, kerning: new Int16Array(BYTES * BYTES).fill(NOT_ASKED) };
  }
}
