import { formatLinhaDigitavel } from '#boleto';
import { formatDocument, parseDocument } from '#br-documents';
import { formatBrDate } from '#calendar';
import { formatReais } from '#money';

import type { Address, BoletoDocument } from './boleto-document.ts';
import { fitText, type Room } from './fit-text.ts';
import { itfBars } from './itf.ts';
import type { Box, FillMark, Mark, Measure, TextMark } from './mark.ts';
import {
  BARCODE,
  FICHA,
  LETTERHEAD,
  PADDING,
  RECIBO,
  type Cell,
  type Emphasis,
  type Field,
  type Slip,
} from './page.ts';
import { printableText } from './printable-text.ts';

/** What a cell keeps for its label and its lower edge, mm. */
const LABEL_HEIGHT = 2.9;
const BLOCK_LABEL_HEIGHT = 3.6;
const FOOT = 0.6;
/** CPF or CNPJ stands at the right of its party's name. */
const DOCUMENT_WIDTH = 40;
/** Two lines of the smallest size: a name of 120 letters. */
const NAME_HEIGHT = 4.4;

type Type = Pick<Room, 'face' | 'sizes'>;
type Alignment = 'left' | 'centre' | 'right';

const PLAIN: Type = { face: 'regular', sizes: [8.5, 8, 7.5, 7, 6.5, 6] };
const STRONG: Type = { face: 'bold', sizes: [10, 9.5, 9, 8.5, 8, 7.5, 7, 6.5, 6] };
const SMALL: Type = { face: 'regular', sizes: [7.5, 7, 6.5, 6] };
const TITLE: Type = { face: 'bold', sizes: [13, 12, 11, 10, 9, 8] };
const BANK: Type = { face: 'bold', sizes: [10, 9.5, 9, 8.5, 8] };
/** Digits 5 mm high. */
const BANK_CODE: Type = { face: 'bold', sizes: [20] };
/** Digits 3.5 mm high: the manuals ask for 3.5 to 4.5. */
const LINHA: Type = { face: 'bold', sizes: [14] };

const EMPHASIS: Readonly<Record<Emphasis, { type: Type; align: Alignment }>> = {
  plain: { type: PLAIN, align: 'left' },
  right: { type: PLAIN, align: 'right' },
  strong: { type: STRONG, align: 'right' },
};

interface Placement {
  readonly box: Box;
  readonly type: Type;
  readonly align?: Alignment;
  readonly at?: 'middle' | 'top' | 'bottom';
}

/** Sets paragraphs inside a box: fitted to it, then aligned. */
type Setter = (paragraphs: readonly string[], placement: Placement) => TextMark[];

function setter(measure: Measure): Setter {
  return (paragraphs, { box, type, align = 'left', at = 'middle' }) => {
    const { size, leading, capHeight, lines } = fitText(paragraphs, { ...type, ...box }, measure);
    const slack = box.height - capHeight - (lines.length - 1) * leading;
    const first = box.y + capHeight + { top: 0, middle: slack / 2, bottom: slack }[at];
    return lines
      .map((text, index): TextMark => {
        const spare = box.width - measure(type.face, size, text);
        const x = box.x + { left: 0, centre: spare / 2, right: spare }[align];
        return { kind: 'text', text, face: type.face, size, x, baseline: first + index * leading };
      })
      .filter(({ text }) => text !== '');
  };
}

/** The part of a cell that its label leaves free. */
function inside(box: Box, labelHeight: number): Box {
  const height = box.height - labelHeight - FOOT;
  return { x: box.x + PADDING, y: box.y + labelHeight, width: box.width - 2 * PADDING, height };
}

function formatPostalCode(postalCode: string): string {
  return postalCode.replace(/^(\d{5})-?(\d{3})$/, '$1-$2');
}

/** Rua das Flores, 10 – Centro – 01001-000 São Paulo/SP */
function formatAddress(address: Address): string {
  const { street, district, city, state, postalCode } = address;
  const cityState = [city, state].filter(Boolean).join('/');
  const place = [postalCode === undefined ? '' : formatPostalCode(postalCode), cityState].filter(Boolean).join(' ');
  return printableText([street, district, place].filter(Boolean).join(' – '));
}

/** The kind is named only where the check digits prove it. */
function labelDocument(document: string): string {
  const kind = parseDocument(document)?.kind;
  const label = kind === undefined ? 'CPF/CNPJ' : { cpf: 'CPF', cnpj: 'CNPJ' }[kind];
  return `${label}: ${printableText(formatDocument(document))}`;
}

interface Party {
  readonly name: string;
  readonly document: string;
  readonly address?: Address | undefined;
}

function partyMarks(set: Setter, cell: Box, party: Party): Mark[] {
  const box = inside(cell, BLOCK_LABEL_HEIGHT);
  const name = { ...box, width: box.width - DOCUMENT_WIDTH - PADDING, height: NAME_HEIGHT };
  const document = { ...name, x: box.x + box.width - DOCUMENT_WIDTH, width: DOCUMENT_WIDTH };
  const address = { ...box, y: box.y + NAME_HEIGHT, height: box.height - NAME_HEIGHT - FOOT };
  return [
    ...set([printableText(party.name)], { box: name, type: PLAIN }),
    ...set([labelDocument(party.document)], { box: document, type: PLAIN, align: 'right' }),
    ...set([formatAddress(party.address ?? {})], { box: address, type: SMALL, at: 'bottom' }),
  ];
}

function cellMarks(set: Setter, cells: readonly Cell[], values: Readonly<Record<Field, string>>): Mark[] {
  return cells.flatMap(({ box, field, emphasis }) =>
    field === undefined
      ? []
      : set([values[field]], {
          box: inside(box, LABEL_HEIGHT),
          type: EMPHASIS[emphasis].type,
          align: EMPHASIS[emphasis].align,
        }),
  );
}

function fieldValues(boleto: BoletoDocument): Readonly<Record<Field, string>> {
  const issuedOn = formatBrDate(boleto.issuedOn);
  return {
    localPagamento: printableText(boleto.composed.localPagamento),
    vencimento: formatBrDate(boleto.dueDate),
    agenciaCodigo: printableText(boleto.composed.agenciaCodigoImpresso),
    dataDocumento: issuedOn,
    numeroDocumento: printableText(boleto.debtId),
    especieDocumento: printableText(boleto.especie),
    aceite: boleto.aceite,
    dataProcessamento: issuedOn,
    nossoNumero: printableText(boleto.composed.nossoNumeroImpresso),
    carteira: printableText(boleto.composed.carteiraImpressa),
    especieMoeda: 'R$',
    valorDocumento: formatReais(boleto.amount),
  };
}

function slipMarks(set: Setter, slip: Slip, boleto: BoletoDocument): Mark[] {
  const { composed, issuer, payer } = boleto;
  const bank = { ...slip.bank, width: slip.bank.width - PADDING };
  const instructions = inside(slip.instructions, BLOCK_LABEL_HEIGHT);
  return [
    ...set([printableText(composed.bankName)], { box: bank, type: BANK }),
    ...set([composed.bankCodeWithDv], { box: slip.code, type: BANK_CODE, align: 'centre' }),
    ...set([formatLinhaDigitavel(composed.linhaDigitavel)], { box: slip.linha, type: LINHA, align: 'right' }),
    ...cellMarks(set, slip.cells, fieldValues(boleto)),
    ...partyMarks(set, slip.beneficiary, issuer),
    ...set(boleto.instructions.map(printableText), { box: instructions, type: PLAIN, at: 'top' }),
    ...partyMarks(set, slip.payer, payer),
  ];
}

function letterheadMarks(set: Setter, { issuer, issuedOn }: BoletoDocument): Mark[] {
  const details = [labelDocument(issuer.document), formatAddress(issuer.address)];
  return [
    ...set([printableText(issuer.name)], { box: LETTERHEAD.name, type: TITLE }),
    ...set([`Emitido em ${formatBrDate(issuedOn)}`], { box: LETTERHEAD.issuedOn, type: PLAIN, align: 'right' }),
    ...set([details.filter(Boolean).join(' – ')], { box: LETTERHEAD.details, type: PLAIN }),
  ];
}

function barcodeMark(codigoBarras: string): FillMark {
  const { x, y, module, height } = BARCODE;
  const boxes = itfBars(codigoBarras).map((bar) => ({ x: x + bar.at * module, y, width: bar.width * module, height }));
  return { kind: 'fill', boxes };
}

/**
 * What this boleto writes into the form: texts fitted to their boxes, and the bars. Throws a RangeError when the código
 * de barras is not 44 digits: no boleto is printed that cannot be paid.
 */
export function contentMarks(boleto: BoletoDocument, measure: Measure): readonly Mark[] {
  const { codigoBarras } = boleto.composed;
  if (!/^\d{44}$/.test(codigoBarras)) throw new RangeError('a código de barras has 44 digits');

  const set = setter(measure);
  return [
    ...letterheadMarks(set, boleto),
    ...slipMarks(set, RECIBO, boleto),
    ...slipMarks(set, FICHA, boleto),
    barcodeMark(codigoBarras),
  ];
}
