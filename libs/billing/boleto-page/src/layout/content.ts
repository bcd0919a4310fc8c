import { formatLinhaDigitavel } from '#boleto';
import { formatBrDate } from '#calendar';
import { formatReais } from '#money';
import { itfPath } from '../drawing/itf.ts';
import type { Box, ContentMark, Measure, SymbolMark } from '../drawing/mark.ts';
import { printableText } from '../text/printable-text.ts';
import {
  BLOCK_LABEL_HEIGHT,
  inside,
  place,
  PLAIN,
  Setter,
  SMALL,
  type Placement,
  type Type,
} from '../text/set-text.ts';
import type { BoletoDocument } from './boleto-document.ts';
import { cellPlaces } from './cells.ts';
import { BARCODE, FICHA, LETTERHEAD, RECIBO, type Slip } from './page.ts';
import { labelDocument, partyPlaces, partyText, setParty, type PartyPlaces, type PartyText } from './party.ts';
import { qrMark, setPix } from './pix.ts';

/** Digits 3.5 mm high. The manuals require 3.5 to 4.5 mm. */
const LINHA: Type = { face: 'bold', sizes: [14] };
/** Distance in mm from the left edge of the sacador's cell to its value, beside the label. */
const SACADOR_INDENT = 21;

const FIELDS = [
  'vencimento',
  'dataDocumento',
  'numeroDocumento',
  'dataProcessamento',
  'nossoNumero',
  'valorDocumento',
] as const;

/** The placements of a boleto's texts in one slip. */
interface SlipPlaces {
  readonly linha: Placement;
  readonly cells: readonly (readonly [(typeof FIELDS)[number], Placement])[];
  readonly instructions: Placement;
  readonly payer: PartyPlaces;
  readonly sacador: Placement | undefined;
}

function slipPlaces({ paragraphs, linha, cells, instructions, payer, sacador }: Slip): SlipPlaces {
  const text = inside(instructions, BLOCK_LABEL_HEIGHT);
  return {
    linha: place(linha, LINHA, paragraphs.header, { align: 'right' }),
    cells: cellPlaces(cells, FIELDS),
    instructions: place(text, PLAIN, paragraphs.instructions, { at: 'top' }),
    payer: partyPlaces(payer, paragraphs.payer),
    sacador: sacador && sacadorPlace(inside(sacador, 0), paragraphs.sacador),
  };
}

function sacadorPlace(free: Box, paragraph: string): Placement {
  return place({ ...free, x: free.x + SACADOR_INDENT, width: free.width - SACADOR_INDENT }, SMALL, paragraph);
}

const ISSUED_ON = place(LETTERHEAD.issuedOn, PLAIN, 'letterhead', { align: 'right' });
const SLIPS = [slipPlaces(RECIBO), slipPlaces(FICHA)];

/** The paragraphs that a boleto may write: the fields of each slip, and the texts that occur once on the page. */
export const CONTENT_PARAGRAPHS: readonly string[] = [
  'letterhead',
  'pix',
  ...SLIPS.flatMap(({ linha, cells, instructions, payer, sacador }) =>
    [linha, ...cells.map(([, placement]) => placement), instructions, payer.name, ...(sacador ? [sacador] : [])].map(
      ({ paragraph }) => paragraph,
    ),
  ),
];

/** The printable texts that both slips show. */
interface ContentText {
  readonly linha: readonly [string];
  readonly values: Readonly<Record<(typeof FIELDS)[number], readonly [string]>>;
  readonly instructions: readonly string[];
  readonly payer: PartyText;
  /** Undefined if the beneficiary collects for itself. */
  readonly sacador: readonly [string] | undefined;
}

function contentText(boleto: BoletoDocument, issuedOn: string): ContentText {
  const { composed, sacador } = boleto;
  return {
    linha: [formatLinhaDigitavel(composed.linhaDigitavel)],
    values: {
      vencimento: [formatBrDate(boleto.dueDate)],
      dataDocumento: [issuedOn],
      numeroDocumento: [printableText(boleto.debtId)],
      dataProcessamento: [issuedOn],
      nossoNumero: [printableText(composed.nossoNumeroImpresso)],
      valorDocumento: [formatReais(boleto.amount)],
    },
    instructions: boleto.instructions.map(printableText),
    payer: partyText(boleto.payer),
    sacador: sacador && [`${printableText(sacador.name)} – ${labelDocument(sacador.document)}`],
  };
}

function setSlip(setter: Setter, places: SlipPlaces, text: ContentText): void {
  setter.set(text.linha, places.linha);
  for (const [field, placement] of places.cells) setter.set(text.values[field], placement);
  setter.set(text.instructions, places.instructions);
  setParty(setter, text.payer, places.payer);
  if (places.sacador !== undefined && text.sacador !== undefined) setter.set(text.sacador, places.sacador);
}

function barcodeMark(codigoBarras: string): SymbolMark {
  return { kind: 'symbol', ...BARCODE, path: itfPath(codigoBarras) };
}

/**
 * The marks that this boleto adds to the form of its issuer: texts fitted to their boxes, and the bars. The lines of a
 * paragraph are adjacent. Throws a RangeError when the código de barras is not 44 digits, or for a payment that
 * PixPayment does not allow.
 */
export function contentMarks(boleto: BoletoDocument, measure: Measure): readonly ContentMark[] {
  const setter = new Setter(measure);
  const issuedOn = formatBrDate(boleto.issuedOn);
  const text = contentText(boleto, issuedOn);
  const symbols = [barcodeMark(boleto.composed.codigoBarras)];
  setter.set([`Emitido em ${issuedOn}`], ISSUED_ON);
  for (const places of SLIPS) setSlip(setter, places, text);
  if (boleto.pix !== undefined) {
    symbols.push(qrMark(boleto.pix.qr));
    setPix(setter, boleto.pix);
  }
  return [...symbols, ...setter.marks];
}
