import type { Box } from '../drawing/mark.ts';

/** A4 in mm. */
const PAGE = { width: 210, height: 297 };

/** A4 in hundredths of a point. */
export const PAGE_HUNDREDTHS = { width: 59_528, height: 84_189 };

/** Left edge of everything printed. The width allowed for the ficha is 170 to 216 mm. */
export const LEFT = 10;
export const WIDTH = 190;
const RIGHT_COLUMN = 46;
const LEFT_COLUMN = WIDTH - RIGHT_COLUMN;

/** Space in mm between a cell's border and its text. */
export const PADDING = 1.2;

/** The ficha lies below the cut. 95 to 108 mm are allowed; we use 108. */
const CUT_Y = PAGE.height - 108;
const FICHA_TOP = CUT_Y + 3;
const RECIBO_TOP = 34;

export const LETTERHEAD = {
  name: { x: LEFT, y: 10, width: LEFT_COLUMN, height: 7 },
  details: { x: LEFT, y: 18, width: WIDTH, height: 5.5 },
  logo: { x: LEFT, y: 9, width: 40, height: 14.5 },
  /** Distance in mm from the left edge to the name beside a logo. */
  logoIndent: 43,
  issuedOn: { x: LEFT + LEFT_COLUMN, y: 10, width: RIGHT_COLUMN, height: 7 },
  ruleY: 25,
};

/** The content of a cell. A cell without a value is filled in by hand or by the bank. */
export type Field =
  | 'agenciaCodigo'
  | 'aceite'
  | 'carteira'
  | 'dataDocumento'
  | 'dataProcessamento'
  | 'especieDocumento'
  | 'especieMoeda'
  | 'localPagamento'
  | 'nossoNumero'
  | 'numeroDocumento'
  | 'valorDocumento'
  | 'vencimento';

/** The style of a value: amounts and the due date stand out; codes and dates of the right column are right-aligned. */
export type Emphasis = 'plain' | 'right' | 'strong';

export interface Cell {
  readonly paragraph: string;
  readonly label: string;
  readonly box: Box;
  readonly field?: Field | undefined;
  readonly emphasis: Emphasis;
}

/** One of the two parts of the form. */
export interface Slip {
  readonly paragraphs: Readonly<
    Record<'title' | 'header' | 'beneficiary' | 'payer' | 'instructions' | 'sacador' | 'stamp', string>
  >;
  readonly bank: Box;
  readonly code: Box;
  readonly linha: Box;
  readonly cells: readonly Cell[];
  readonly beneficiary: Box;
  readonly payer: Box;
  readonly instructions: Box;
  /** The recibo has no sacador. */
  readonly sacador?: Box;
  readonly top: number;
  readonly bottom: number;
}

type Column = readonly [label: string, width: number, field?: Field, emphasis?: Emphasis];

type Unnamed = Omit<Cell, 'paragraph'>;

function row(x: number, y: number, height: number, columns: readonly Column[]): Unnamed[] {
  let left = x;
  return columns.map(([label, width, field, emphasis = 'plain']) => {
    const box = { x: left, y, width, height };
    left += width;
    return { label, box, field, emphasis };
  });
}

type SlipName = 'recibo' | 'ficha';

function paragraphOf(slip: SlipName, label: string): string {
  return `${slip}: ${label}`;
}

/** Makes each cell a paragraph: its label, then its value. */
function named(slip: SlipName, cells: readonly Unnamed[]): Cell[] {
  return cells.map((cell) => ({ ...cell, paragraph: paragraphOf(slip, cell.label) }));
}

/** The paragraphs outside the cells, and those that hold more than a cell's value. */
function paragraphsOfSlip(slip: SlipName): Slip['paragraphs'] {
  return {
    title: `${slip}: title`,
    header: `${slip}: header`,
    beneficiary: paragraphOf(slip, BENEFICIARY_LABEL),
    payer: paragraphOf(slip, PAYER_LABEL),
    instructions: paragraphOf(slip, INSTRUCTIONS_LABEL),
    sacador: paragraphOf(slip, SACADOR_LABEL),
    stamp: `${slip}: stamp`,
  };
}

function header(y: number): Pick<Slip, 'bank' | 'code' | 'linha'> {
  const [bank, code, height] = [30, 20, HEADER_HEIGHT];
  return {
    bank: { x: LEFT, y, width: bank, height },
    code: { x: LEFT + bank, y, width: code, height },
    linha: { x: LEFT + bank + code, y, width: WIDTH - bank - code, height },
  };
}

const HEADER_HEIGHT = 9;
const ROW = 7.5;
const PARTY = 12.25;
const SACADOR = 4.5;
const BENEFICIARY_LABEL = 'Beneficiário';
const PAYER_LABEL = 'Pagador';
const SACADOR_LABEL = 'Sacador / Avalista';
const INSTRUCTIONS_LABEL = 'Instruções (texto de responsabilidade do beneficiário)';

function recibo(top: number): Slip {
  const y = top + HEADER_HEIGHT;
  const terms = y + PARTY;
  const payer = terms + 3 * ROW;
  const instructions = { x: LEFT, y: payer + PARTY, width: WIDTH, height: 3 * ROW };
  return {
    ...header(top),
    paragraphs: paragraphsOfSlip('recibo'),
    cells: named('recibo', [
      ...row(LEFT, y, PARTY, [
        [BENEFICIARY_LABEL, LEFT_COLUMN],
        ['Vencimento', RIGHT_COLUMN, 'vencimento', 'strong'],
      ]),
      ...row(LEFT, terms, ROW, [
        ['Data do documento', 28, 'dataDocumento'],
        ['Nº do documento', 44, 'numeroDocumento'],
        ['Espécie doc.', 22, 'especieDocumento'],
        ['Aceite', 14, 'aceite'],
        ['Data do processamento', 36, 'dataProcessamento'],
        ['Agência / Código do beneficiário', RIGHT_COLUMN, 'agenciaCodigo', 'right'],
      ]),
      ...row(LEFT, terms + ROW, ROW, [
        ['Carteira', 28, 'carteira'],
        ['Espécie moeda', 44, 'especieMoeda'],
        ['Quantidade', 36],
        ['(x) Valor', 36],
        ['Nosso número', RIGHT_COLUMN, 'nossoNumero', 'right'],
      ]),
      ...row(LEFT, terms + 2 * ROW, ROW, [
        ['(–) Desconto / Abatimento', 72],
        ['(+) Juros / Multa', 36],
        ['(=) Valor cobrado', 36],
        ['(=) Valor do documento', RIGHT_COLUMN, 'valorDocumento', 'strong'],
      ]),
      ...row(LEFT, payer, PARTY, [[PAYER_LABEL, WIDTH]]),
      { label: INSTRUCTIONS_LABEL, box: instructions, emphasis: 'plain' },
    ]),
    beneficiary: { x: LEFT, y, width: LEFT_COLUMN, height: PARTY },
    payer: { x: LEFT, y: payer, width: WIDTH, height: PARTY },
    instructions,
    top,
    bottom: instructions.y + instructions.height,
  };
}

function ficha(top: number): Slip {
  const right = LEFT + LEFT_COLUMN;
  const y = top + HEADER_HEIGHT;
  const terms = y + ROW + PARTY;
  const free = terms + 2 * ROW;
  const payer = free + 3 * ROW;
  const instructions = { x: LEFT, y: free, width: LEFT_COLUMN, height: 3 * ROW };
  return {
    ...header(top),
    paragraphs: paragraphsOfSlip('ficha'),
    cells: named('ficha', [
      ...row(LEFT, y, ROW, [
        ['Local de pagamento', LEFT_COLUMN, 'localPagamento'],
        ['Vencimento', RIGHT_COLUMN, 'vencimento', 'strong'],
      ]),
      ...row(LEFT, y + ROW, PARTY, [
        [BENEFICIARY_LABEL, LEFT_COLUMN],
        ['Agência / Código do beneficiário', RIGHT_COLUMN, 'agenciaCodigo', 'right'],
      ]),
      ...row(LEFT, terms, ROW, [
        ['Data do documento', 28, 'dataDocumento'],
        ['Nº do documento', 44, 'numeroDocumento'],
        ['Espécie doc.', 22, 'especieDocumento'],
        ['Aceite', 14, 'aceite'],
        ['Data do processamento', 36, 'dataProcessamento'],
        ['Nosso número', RIGHT_COLUMN, 'nossoNumero', 'right'],
      ]),
      ...row(LEFT, terms + ROW, ROW, [
        ['Uso do banco', 28],
        ['Carteira', 22, 'carteira'],
        ['Espécie moeda', 22, 'especieMoeda'],
        ['Quantidade', 36],
        ['(x) Valor', 36],
        ['(=) Valor do documento', RIGHT_COLUMN, 'valorDocumento', 'strong'],
      ]),
      { label: INSTRUCTIONS_LABEL, box: instructions, emphasis: 'plain' },
      ...row(right, free, ROW, [['(–) Desconto / Abatimento', RIGHT_COLUMN]]),
      ...row(right, free + ROW, ROW, [['(+) Juros / Multa', RIGHT_COLUMN]]),
      ...row(right, free + 2 * ROW, ROW, [['(=) Valor cobrado', RIGHT_COLUMN]]),
      ...row(LEFT, payer, PARTY, [[PAYER_LABEL, WIDTH]]),
      ...row(LEFT, payer + PARTY, SACADOR, [
        [SACADOR_LABEL, LEFT_COLUMN],
        ['Código de baixa', RIGHT_COLUMN],
      ]),
    ]),
    beneficiary: { x: LEFT, y: y + ROW, width: LEFT_COLUMN, height: PARTY },
    payer: { x: LEFT, y: payer, width: WIDTH, height: PARTY },
    instructions,
    sacador: { x: LEFT, y: payer + PARTY, width: LEFT_COLUMN, height: SACADOR },
    top,
    bottom: payer + PARTY + SACADOR,
  };
}

export const CUT = { x: LEFT, y: CUT_Y, width: WIDTH };
export const RECIBO = recibo(RECIBO_TOP);
export const FICHA = ficha(FICHA_TOP);

/** The payment instructions: below the recibo, above the space for the bank's stamp. */
export const GUIDE = { x: LEFT, y: RECIBO.bottom + 13, width: WIDTH };

/**
 * The area between the instructions and the cut: a QR code of at least 2 × 2 cm with a quiet zone, and its texts beside
 * it.
 */
export const PIX = {
  qr: { x: LEFT + 4, y: 148, width: 34, height: 34 },
  title: { x: LEFT + 44, y: 147, width: WIDTH - 44, height: 5 },
  note: { x: LEFT + 44, y: 152, width: WIDTH - 44, height: 7.5 },
  payloadLabel: { x: LEFT + 44, y: 161, width: WIDTH - 44, height: 3 },
  payload: { x: LEFT + 44, y: 164.5, width: WIDTH - 44, height: 19.5 },
};

/**
 * The barcode: 103 × 13 mm in 405 modules of 0.254 mm (0.72 points). It leaves more than 5 mm of white on the left, and
 * its centre is 13.5 mm above the ficha's edge.
 */
export const BARCODE = { x: LEFT + 5.5, y: FICHA.bottom + 2.5, moduleWidth: 0.72, moduleHeight: 36.85 };

function paragraphsOf({ paragraphs, cells }: Slip): string[] {
  return [paragraphs.title, paragraphs.header, ...cells.map(({ paragraph }) => paragraph), paragraphs.stamp];
}

/** The paragraphs of the page in reading order. Form, issuer and boleto each contribute texts to them. */
export const READING_ORDER: readonly string[] = [
  'letterhead',
  ...paragraphsOf(RECIBO),
  'guide',
  'pix',
  'cut',
  ...paragraphsOf(FICHA),
];
