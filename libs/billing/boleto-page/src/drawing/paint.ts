import PdfKit from 'pdfkit';
import { embedFonts, STANDARD_FONTS } from '../assembly/embed-fonts.ts';
import { PAGE_HUNDREDTHS } from '../layout/page.ts';
import { hundredths, POINTS_PER_MM, type Box, type Face, type Mark, type Measure } from './mark.ts';

const CUT_DASH_POINTS = 3;
const CUT_WEIGHT_POINTS = 0.5;

export type Pdf = InstanceType<typeof PdfKit>;
export type PdfOptions = ConstructorParameters<typeof PdfKit>[0];

const points = (mm: number): number => hundredths(mm) / 100;

/** Opens a document with an empty A4 page, which embeds the fonts that it uses. */
export function openPdf(options: PdfOptions): Pdf {
  const size: [number, number] = [PAGE_HUNDREDTHS.width / 100, PAGE_HUNDREDTHS.height / 100];
  const pdf = new PdfKit({ ...options, size, margin: 0 });
  embedFonts(pdf);
  return pdf;
}

export function useFont(pdf: Pdf, face: Face, size: number): Pdf {
  return pdf.font(STANDARD_FONTS[face], size);
}

export function measureWith(pdf: Pdf): Measure {
  return (face, size, text) => useFont(pdf, face, size).widthOfString(text) / POINTS_PER_MM;
}

function rectangle(pdf: Pdf, { x, y, width, height }: Box): void {
  pdf.rect(points(x), points(y), points(width), points(height));
}

/** Draws a mark on the open page. */
export function paint(pdf: Pdf, mark: Mark): void {
  switch (mark.kind) {
    case 'text': {
      useFont(pdf, mark.face, mark.size);
      pdf.text(mark.text, points(mark.x), points(mark.baseline), { lineBreak: false, baseline: 'alphabetic' });
      return;
    }
    case 'fill': {
      for (const box of mark.boxes) rectangle(pdf, box);
      pdf.fill('black');
      return;
    }
    case 'symbol': {
      pdf.save();
      pdf.transform(mark.moduleWidth, 0, 0, mark.moduleHeight, points(mark.x), points(mark.y));
      pdf.addContent(mark.path);
      pdf.fill('black').restore();
      return;
    }
    case 'image': {
      const { x, y, width, height } = mark.box;
      pdf.image(Buffer.from(mark.bytes), points(x), points(y), { fit: [points(width), points(height)] });
      return;
    }
    case 'cut': {
      pdf.save();
      pdf.lineWidth(CUT_WEIGHT_POINTS).dash(CUT_DASH_POINTS, {});
      pdf.moveTo(points(mark.x), points(mark.y)).lineTo(points(mark.x + mark.width), points(mark.y));
      pdf.stroke('black').restore();
    }
  }
}
