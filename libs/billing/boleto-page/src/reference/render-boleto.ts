import { formatLinhaDigitavel } from '#boleto';

import type { BoletoDocument } from '../layout/boleto-document.ts';
import { contentMarks } from '../layout/content.ts';
import { formMarks } from '../layout/form.ts';
import { issuerFacts, issuerMarks } from '../layout/issuer.ts';
import { measureWith, openPdf, paint, type Pdf } from '../drawing/paint.ts';
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

/**
 * The boleto as a one-page A4 PDF that pdfkit draws completely. The pages of createPrinter are compared with it in
 * looks and in speed. Accepts and refuses the same documents. It is deterministic too, but its bytes differ.
 */
export async function renderBoleto(boleto: BoletoDocument): Promise<Uint8Array> {
  const pdf = openDocument(boleto);
  const measure = measureWith(pdf);
  const marks = [
    ...formMarks(),
    ...issuerMarks(issuerFacts(boleto), boleto.issuer.logo, measure),
    ...contentMarks(boleto, measure),
  ];
  for (const mark of marks) paint(pdf, mark);
  pdf.end();
  return bytesOf(pdf);
}
