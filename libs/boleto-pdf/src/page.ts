import type { Box } from './mark.ts';

/** A4, mm. */
export const PAGE = { width: 210, height: 297 };

/** Left edge and width of everything printed; the ficha may be 170 to 216 mm wide. */
export const LEFT = 10;
export const WIDTH = 190;
const RIGHT_COLUMN = 46;
const LEFT_COLUMN = WIDTH - RIGHT_COLUMN;

/** Space between a cell's border and its text. */
export const PADDING = 1.2;

/** The ficha is what lies below the cut: 95 to 108 mm are allowed, we take all. */
const CUT_Y = PAGE.height - 108;
const FICHA_TOP = CUT_Y + 3;
const RECIBO_TOP = 34;

export const LETTERHEAD = {
  name: { x: LEFT, y: 10, width: LEFT_COLUMN, height: 7 },
  details: { x: LEFT, y: 18, width: WIDTH, height: 5.5 },
  issuedOn: { x: LEFT + LEFT_COLUMN, y: 10, width: RIGHT_COLUMN, height: 7 },
  ruleY: 25,
};

/** What a cell shows; a cell without a value is filled in by hand or by the bank. */
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

/** How a value is set: amounts and the due date stand out, codes and dates of the right column align right. */
export type Emphasis = 'plain' | 'right' | 'strong';

export interface Cell {
  readonly label: string;
  readonly box: Box;
  readonly field?: Field | undefined;
  readonly emphasis: Emphasis;
}

/** One of the two parts of the form. */
export interface Slip {
  readonly bank: Box;
  readonly code: Box;
  readonly linha: Box;
  readonly cells: readonly Cell[];
  readonly beneficiary: Box;
  readonly payer: Box;
  readonly instructions: Box;
  readonly top: number;
  readonly bottom: number;
}

type Column = readonly [label: string, width: number, field?: Field, emphasis?: Emphasis];

function row(x: number, y: number, height: number, columns: readonly Column[]): Cell[] {
  let left = x;
  return columns.map(([label, width, field, emphasis = 'plain']) => {
    const box = { x: left, y, width, height };
    left += width;
    return { label, box, field, emphasis };
  });
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
const INSTRUCTIONS_LABEL = 'Instruções (texto de responsabilidade do beneficiário)';

function recibo(top: number): Slip {
  const y = top + HEADER_HEIGHT;
  const terms = y + PARTY;
  const payer = terms + 3 * ROW;
  const instructions = { x: LEFT, y: payer + PARTY, width: WIDTH, height: 3 * ROW };
  return {
    ...header(top),
    cells: [
      ...row(LEFT, y, PARTY, [
        ['Beneficiário', LEFT_COLUMN],
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
      ...row(LEFT, payer, PARTY, [['Pagador', WIDTH]]),
      { label: INSTRUCTIONS_LABEL, box: instructions, emphasis: 'plain' },
    ],
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
    cells: [
      ...row(LEFT, y, ROW, [
        ['Local de pagamento', LEFT_COLUMN, 'localPagamento'],
        ['Vencimento', RIGHT_COLUMN, 'vencimento', 'strong'],
      ]),
      ...row(LEFT, y + ROW, PARTY, [
        ['Beneficiário', LEFT_COLUMN],
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
      ...row(LEFT, payer, PARTY, [['Pagador', WIDTH]]),
      ...row(LEFT, payer + PARTY, SACADOR, [
        ['Sacador / Avalista', LEFT_COLUMN],
        ['Código de baixa', RIGHT_COLUMN],
      ]),
    ],
    beneficiary: { x: LEFT, y: y + ROW, width: LEFT_COLUMN, height: PARTY },
    payer: { x: LEFT, y: payer, width: WIDTH, height: PARTY },
    instructions,
    top,
    bottom: payer + PARTY + SACADOR,
  };
}

export const CUT = { x: LEFT, y: CUT_Y, width: WIDTH };
export const RECIBO = recibo(RECIBO_TOP);
export const FICHA = ficha(FICHA_TOP);

/** How to pay: below the recibo, above the room left for the bank's stamp. */
export const GUIDE = { x: LEFT, y: RECIBO.bottom + 13, width: WIDTH };

/** 103 × 13 mm in 405 modules of 0.254 mm; more than 5 mm of white on the left, its centre 13.5 mm above the ficha's edge. */
export const BARCODE = { x: LEFT + 5.5, y: FICHA.bottom + 2.5, module: 0.254, height: 13 };
