import { formatLinhaDigitavel } from '#boleto';
import { formatBrDate } from '#calendar';
import { formatReais } from '#money';

import type { BoletoDocument } from './boleto-document.ts';
import { cellMarks } from './cells.ts';
import { itfPath } from './itf.ts';
import type { ContentMark, Measure, SymbolMark, TextMark } from './mark.ts';
import { BARCODE, FICHA, LABELS, LETTERHEAD, paragraphOf, RECIBO, type Field, type Slip } from './page.ts';
import { labelDocument, partyMarks, partyText, type PartyText } from './party.ts';
import { pixMarks } from './pix.ts';
import { printableText } from './printable-text.ts';
import { BLOCK_LABEL_HEIGHT, inside, PLAIN, setter, SMALL, type Setter, type Type } from './set-text.ts';

/** Digits 3.5 mm high: the manuals ask for 3.5 to 4.5. */
const LINHA: Type = { face: 'bold', sizes: [14] };
/** From the left edge of the sacador's cell to its value, beside the label. */
const SACADOR_INDENT = 21;

/** What both slips say, in words ready to print. */
interface ContentText {
  readonly linha: string;
  readonly values: Readonly<Partial<Record<Field, string>>>;
  readonly payer: PartyText;
  readonly instructions: readonly string[];
  /** Empty if the beneficiary collects for itself. */
  readonly sacador: string;
}

function contentText(boleto: BoletoDocument): ContentText {
  const { composed, sacador } = boleto;
  const issuedOn = formatBrDate(boleto.issuedOn);
  return {
    linha: formatLinhaDigitavel(composed.linhaDigitavel),
    values: {
      vencimento: formatBrDate(boleto.dueDate),
      dataDocumento: issuedOn,
      numeroDocumento: printableText(boleto.debtId),
      dataProcessamento: issuedOn,
      nossoNumero: printableText(composed.nossoNumeroImpresso),
      valorDocumento: formatReais(boleto.amount),
    },
    payer: partyText(boleto.payer),
    instructions: boleto.instructions.map(printableText),
    sacador: sacador === undefined ? '' : `${printableText(sacador.name)} – ${labelDocument(sacador.document)}`,
  };
}

function slipMarks(set: Setter, slip: Slip, text: ContentText): TextMark[] {
  const paragraph = (label: string): string => paragraphOf(slip.name, label);
  return [
    ...set([text.linha], { box: slip.linha, type: LINHA, paragraph: paragraph(LABELS.header), align: 'right' }),
    ...cellMarks(set, slip.cells, text.values),
    ...set(text.instructions, {
      box: inside(slip.instructions, BLOCK_LABEL_HEIGHT),
      type: PLAIN,
      paragraph: paragraph(LABELS.instructions),
      at: 'top',
    }),
    ...partyMarks(set, slip.payer, paragraph(LABELS.payer), text.payer),
    ...sacadorMarks(set, slip, text.sacador),
  ];
}

function sacadorMarks(set: Setter, { name, sacador }: Slip, text: string): TextMark[] {
  if (sacador === undefined || text === '') return [];
  const free = inside(sacador, 0);
  const box = { ...free, x: free.x + SACADOR_INDENT, width: free.width - SACADOR_INDENT };
  return set([text], { box, type: SMALL, paragraph: paragraphOf(name, LABELS.sacador) });
}

function barcodeMark(codigoBarras: string): SymbolMark {
  return { kind: 'symbol', ...BARCODE, path: itfPath(codigoBarras) };
}

/**
 * What this boleto writes into the form of its issuer: texts fitted to their boxes, and the bars. Throws a RangeError
 * when the código de barras is not 44 digits, or for what PixPayment does not allow.
 */
export function contentMarks(boleto: BoletoDocument, measure: Measure): readonly ContentMark[] {
  const set = setter(measure);
  const text = contentText(boleto);
  return [
    barcodeMark(boleto.composed.codigoBarras),
    ...(boleto.pix === undefined ? [] : pixMarks(set, measure, boleto.pix)),
    ...set([`Emitido em ${formatBrDate(boleto.issuedOn)}`], {
      box: LETTERHEAD.issuedOn,
      type: PLAIN,
      paragraph: 'letterhead',
      align: 'right',
    }),
    ...slipMarks(set, RECIBO, text),
    ...slipMarks(set, FICHA, text),
  ];
}
