import PdfKit from 'pdfkit';

import { formatLinhaDigitavel } from '#boleto';

import type { BoletoDocument } from './boleto-document.ts';
import { contentMarks } from './content.ts';
import { formMarks } from './form.ts';
import { POINTS_PER_MM, type Face, type Mark, type Measure } from './mark.ts';
import { PAGE } from './page.ts';
import { printableText } from './printable-text.ts';

const FONTS: Readonly<Record<Face, string>> = { regular: 'Helvetica', bold: 'Helvetica-Bold' };
const CUT_DASH_POINTS = 3;
const CUT_WEIGHT_POINTS = 0.5;

type Pdf = InstanceType<typeof PdfKit>;

const points = (mm: number): number => mm * POINTS_PER_MM;

function openDocument(boleto: BoletoDocument): Pdf {
  return new PdfKit({
    size: [points(PAGE.width), points(PAGE.height)],
    margin: 0,
    lang: 'pt-BR',
    displayTitle: true,
    compress: true,
    // The file's ID is pdfkit's hash of this dictionary: same boleto, same ID; the linha tells boletos apart.
    info: {
      Title: `Boleto ${printableText(boleto.debtId)}`,
      Author: printableText(boleto.issuer.name),
      Subject: 'Boleto de cobrança',
      Keywords: formatLinhaDigitavel(boleto.composed.linhaDigitavel),
      CreationDate: new Date(`${boleto.issuedOn}T00:00:00Z`),
    },
  });
}

function measureWith(pdf: Pdf): Measure {
  return (face, size, text) => pdf.font(FONTS[face], size).widthOfString(text) / POINTS_PER_MM;
}

function paint(pdf: Pdf, mark: Mark): void {
  switch (mark.kind) {
    case 'text': {
      pdf.font(FONTS[mark.face], mark.size);
      pdf.text(mark.text, points(mark.x), points(mark.baseline), { lineBreak: false, baseline: 'alphabetic' });
      return;
    }
    case 'fill': {
      for (const box of mark.boxes) pdf.rect(points(box.x), points(box.y), points(box.width), points(box.height));
      pdf.fill('black');
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

async function bytesOf(pdf: Pdf): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of pdf) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * The boleto as a one-page A4 PDF: recibo do pagador above, ficha de compensação below, barcode in vectors. A pure
 * function of its input, down to the bytes. Rejects with a RangeError when the composed boleto has no 44-digit código
 * de barras (a programmer's error); any text is accepted and printed as far as the page's fonts have it.
 */
export async function renderBoleto(boleto: BoletoDocument): Promise<Uint8Array> {
  const pdf = openDocument(boleto);
  const marks = [...formMarks(), ...contentMarks(boleto, measureWith(pdf))];
  for (const mark of marks) paint(pdf, mark);
  pdf.end();
  return bytesOf(pdf);
}
