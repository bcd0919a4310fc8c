import { formatLinhaDigitavel } from '#boleto';
import { measureWith, openPdf, paint, useFont, type Pdf } from '../drawing/paint.ts';
import type { BoletoDocument } from '../layout/boleto-document.ts';
import { contentMarks } from '../layout/content.ts';
import { formMarks } from '../layout/form.ts';
import { issuerFacts, issuerMarks } from '../layout/issuer.ts';
import { printableText } from '../text/printable-text.ts';

function openDocument(boleto: BoletoDocument): Pdf {
  return openPdf({
    lang: 'pt-BR',
    displayTitle: true,
    compress: true,
    // The file's ID is pdfkit's hash of this dictionary, so equal boletos have equal IDs. The linha digitável makes the
    // IDs of different boletos differ.
    info: {
      Title: `Boleto ${printableText(boleto.debtId)}`,
      Author: printableText(boleto.issuer.name),
      Subject: 'Boleto de cobrança',
      Keywords: formatLinhaDigitavel(boleto.composed.linhaDigitavel),
      CreationDate: new Date(`${boleto.issuedOn}T00:00:00Z`),
    },
  });
}

async function bytesOf(pdf: Pdf): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of pdf) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Points and degrees. */
const STAMP = { size: 150, angle: -55, opacity: 0.18, colour: '#c00000' };

/** Writes a word across the page, over all that is there. */
function stampWord(pdf: Pdf, word: string): void {
  const { width, height } = pdf.page;
  useFont(pdf, 'bold', STAMP.size);
  const wide = pdf.widthOfString(word);
  pdf.save().rotate(STAMP.angle, { origin: [width / 2, height / 2] });
  pdf.fillOpacity(STAMP.opacity).fillColor(STAMP.colour);
  pdf.text(word, (width - wide) / 2, height / 2 + STAMP.size / 3, { lineBreak: false, baseline: 'alphabetic' });
  pdf.restore();
}

/**
 * The boleto as a one-page A4 PDF that pdfkit draws completely. The pages of createPrinter are compared with it in
 * looks and in speed. Accepts and refuses the same documents. It is deterministic too, but its bytes differ.
 */
export async function renderBoleto(boleto: BoletoDocument): Promise<Uint8Array> {
  return await draw(boleto);
}

/** The same page with a word written across it, for a boleto that must not be paid. */
export async function renderStamped(boleto: BoletoDocument, word: string): Promise<Uint8Array> {
  return await draw(boleto, word);
}

async function draw(boleto: BoletoDocument, stamp?: string): Promise<Uint8Array> {
  const pdf = openDocument(boleto);
  const measure = measureWith(pdf);
  const marks = [
    ...formMarks(),
    ...issuerMarks(issuerFacts(boleto), boleto.issuer.logo, measure),
    ...contentMarks(boleto, measure),
  ];
  for (const mark of marks) paint(pdf, mark);
  if (stamp !== undefined) stampWord(pdf, stamp);
  pdf.end();
  return bytesOf(pdf);
}
