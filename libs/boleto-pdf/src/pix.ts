import type { PixPayment, QrCode } from './boleto-document.ts';
import type { ContentMark, Measure, SymbolMark, TextMark } from './mark.ts';
import { hundredths, POINTS_PER_MM } from './mark.ts';
import { PIX } from './page.ts';
import { isPrintable } from './printable-text.ts';
import { PLAIN, SMALL, type Setter, type Type } from './set-text.ts';

/** EMV's limit, which the Manual do BR Code takes over. */
const PAYLOAD_CHARACTERS_MAX = 512;
const PAYLOAD_SIZES = [7.5, 7, 6.5, 6, 5.5];
const PAYLOAD_LEADING = 1.16;

const TITLE: Type = { face: 'bold', sizes: [9] };
const LABEL: Type = { face: 'regular', sizes: [6] };

const SETTLES = 'O pagamento por este Pix liquida este boleto. Pague de uma só forma.';
const DOES_NOT_SETTLE =
  'Atenção: este Pix não está vinculado à liquidação deste boleto. Quem paga por ele não baixa o boleto no banco: ' +
  'pague de uma só forma e envie o comprovante ao beneficiário.';

/** ISO/IEC 18004: versions 1 to 40 have 21 to 177 modules on a side. */
function isQrSize(size: number): boolean {
  return Number.isInteger(size) && size >= 21 && size <= 177 && (size - 17) % 4 === 0;
}

/** Dark modules side by side are one rectangle. */
function qrPath({ size, isDark }: QrCode): string {
  let path = '';
  for (let y = 0; y < size; y += 1) {
    let from = 0;
    for (let x = 0; x <= size; x += 1) {
      if (x < size && isDark(x, y)) continue;
      if (x > from) path += `${from.toString()} ${y.toString()} ${(x - from).toString()} 1 re\n`;
      from = x + 1;
    }
  }
  return path;
}

function qrMark(qr: QrCode): SymbolMark {
  if (!isQrSize(qr.size)) throw new RangeError(`a QR code has 21, 25 … 177 modules on a side, not ${String(qr.size)}`);
  const module = Math.floor(hundredths(PIX.qr.width) / qr.size) / 100;
  return { kind: 'symbol', x: PIX.qr.x, y: PIX.qr.y, moduleWidth: module, moduleHeight: module, path: qrPath(qr) };
}

/** Broken where the line is full, spaces kept: whoever copies the payload must get every character of it. */
function payloadLines(payload: string, size: number, measure: Measure): string[] {
  const lines: string[] = [];
  let line = '';
  for (const character of payload) {
    if (measure('regular', size, line + character) > PIX.payload.width) {
      lines.push(line);
      line = '';
    }
    line += character;
  }
  return [...lines, line];
}

function payloadMarks(payload: string, measure: Measure): TextMark[] {
  if (payload.length > PAYLOAD_CHARACTERS_MAX) throw new RangeError('a BR Code has at most 512 characters');
  if (!isPrintable(payload)) throw new RangeError('the BR Code has characters that the page cannot print');
  const { x, y, height } = PIX.payload;
  for (const size of PAYLOAD_SIZES) {
    const leading = (size * PAYLOAD_LEADING) / POINTS_PER_MM;
    const lines = payloadLines(payload, size, measure);
    if (lines.length * leading > height) continue;
    return lines.map((text, index): TextMark => {
      const baseline = y + (index + 0.8) * leading;
      return { kind: 'text', text, face: 'regular', size, x, baseline, paragraph: 'pix' };
    });
  }
  throw new RangeError('the BR Code does not fit the page');
}

/** QR code and copia e cola. RangeError for what PixPayment does not allow. */
export function pixMarks(set: Setter, measure: Measure, pix: PixPayment): ContentMark[] {
  const note = pix.settlesBoleto ? SETTLES : DOES_NOT_SETTLE;
  const paragraph = 'pix';
  return [
    qrMark(pix.qr),
    ...set(['Pague com Pix'], { box: PIX.title, type: TITLE, paragraph }),
    ...set([note], { box: PIX.note, type: pix.settlesBoleto ? SMALL : PLAIN, paragraph, at: 'top' }),
    ...set(['Pix copia e cola'], { box: PIX.payloadLabel, type: LABEL, paragraph }),
    ...payloadMarks(pix.copiaECola, measure),
  ];
}
