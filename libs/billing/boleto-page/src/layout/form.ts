import type { Box, FillMark, FormMark, TextMark } from '../drawing/mark.ts';
import { CUT, FICHA, GUIDE, LEFT, LETTERHEAD, PADDING, RECIBO, WIDTH, type Slip } from './page.ts';

const LABEL_SIZE = 6;
/** Distance in mm from a cell's top edge to the baseline of its label. */
const LABEL_BASELINE = 2.5;
const THIN = 0.2;
const THICK = 0.5;

/**
 * Left edge of the two texts that name the space for the bank's stamp. The longer one ends at the form's right edge.
 */
const STAMP_X = 153;

const GUIDE_SIZE = 8.5;
const GUIDE_LEADING = 4.4;
const HOW_TO_PAY = [
  '1. No aplicativo ou no site do seu banco, escolha pagar boleto e leia o código de barras ou copie a linha digitável.',
  '2. Antes de confirmar, confira se o beneficiário, o vencimento e o valor mostrados pelo banco são os deste boleto.',
  '3. Guarde este recibo junto com o comprovante do pagamento.',
];

type Line = Omit<TextMark, 'kind' | 'face'> & Partial<Pick<TextMark, 'face'>>;

function text(line: Line): TextMark {
  return { kind: 'text', face: 'regular', ...line };
}

/** A horizontal line, centred on the edge that it draws, so that neighbours share it. */
function horizontal(x: number, y: number, width: number, weight: number): Box {
  return { x: x - THIN / 2, y: y - weight / 2, width: width + THIN, height: weight };
}

function vertical(x: number, y: number, height: number, weight: number): Box {
  return { x: x - weight / 2, y, width: weight, height };
}

function slipLines(slip: Slip): FillMark {
  const boxes = slip.cells.flatMap(({ box }) => [
    horizontal(box.x, box.y + box.height, box.width, THIN),
    vertical(box.x + box.width, box.y, box.height, THIN),
  ]);
  const headerBottom = slip.bank.y + slip.bank.height;
  return {
    kind: 'fill',
    boxes: [
      ...boxes,
      vertical(LEFT, headerBottom, slip.bottom - headerBottom, THIN),
      horizontal(LEFT, headerBottom, WIDTH, THICK),
      vertical(slip.code.x, slip.code.y + 1, slip.code.height - 1, THICK),
      vertical(slip.linha.x, slip.linha.y + 1, slip.linha.height - 1, THICK),
    ],
  };
}

function slipMarks(slip: Slip): FormMark[] {
  const labels = slip.cells.map(({ box, label, paragraph }) =>
    text({ x: box.x + PADDING, baseline: box.y + LABEL_BASELINE, text: label, size: LABEL_SIZE, paragraph }),
  );
  return [slipLines(slip), ...labels];
}

function stamp(slip: Slip, words: string): TextMark {
  const paragraph = slip.paragraphs.stamp;
  return text({ x: STAMP_X, baseline: slip.bottom + 3, text: words, size: LABEL_SIZE, paragraph });
}

function guide(): TextMark[] {
  const { x, y } = GUIDE;
  const lines = HOW_TO_PAY.map((line, index) =>
    text({ x, baseline: y + (index + 1) * GUIDE_LEADING + 0.6, text: line, size: GUIDE_SIZE, paragraph: 'guide' }),
  );
  return [text({ x, baseline: y, text: 'Como pagar', size: 9, face: 'bold', paragraph: 'guide' }), ...lines];
}

/** The form: every line and label that is the same on all boletos. */
export function formMarks(): readonly FormMark[] {
  const { title } = RECIBO.paragraphs;
  return [
    { kind: 'fill', boxes: [horizontal(LEFT, LETTERHEAD.ruleY, WIDTH, THIN)] },
    text({ x: LEFT, baseline: RECIBO.top - 1.5, text: 'Recibo do Pagador', size: 9, face: 'bold', paragraph: title }),
    ...slipMarks(RECIBO),
    stamp(RECIBO, 'Autenticação mecânica – Recibo do Pagador'),
    ...guide(),
    text({ x: LEFT, baseline: CUT.y - 1, text: 'Corte na linha pontilhada', size: LABEL_SIZE, paragraph: 'cut' }),
    { kind: 'cut', ...CUT },
    ...slipMarks(FICHA),
    stamp(FICHA, 'Autenticação mecânica – Ficha de Compensação'),
  ];
}
