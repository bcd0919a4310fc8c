import { hundredths, POINTS_PER_MM, type Measure, type SymbolMark } from '../drawing/mark.ts';
import { isPrintable } from '../text/printable-text.ts';
import { place, PLAIN, SMALL, type Setter, type Type } from '../text/set-text.ts';
import type { PixPayment, QrCode } from './boleto-document.ts';
import { PIX } from './page.ts';

/** EMV's limit, which the Manual do BR Code adopts. */
const PAYLOAD_CHARACTERS_MAX = 512;
const PAYLOAD_SIZES = [7.5, 7, 6.5, 6, 5.5];
const PAYLOAD_LEADING = 1.16;

const TITLE: Type = { face: 'bold', sizes: [9] };
const LABEL: Type = { face: 'regular', sizes: [6] };

const SETTLES = 'O pagamento por este Pix liquida este boleto. Pague de uma só forma.';
const DOES_NOT_SETTLE =
  'Atenção: este Pix não está vinculado à liquidação deste boleto. Quem paga por ele não baixa o boleto no banco: ' +
  'pague de uma só forma e envie o comprovante ao beneficiário.';

/** True for the sizes of ISO/IEC 18004: versions 1 to 40 have 21 to 177 modules per side. */
function isQrSize(size: number): boolean {
  return Number.isInteger(size) && size >= 21 && size <= 177 && (size - 17) % 4 === 0;
}

/** Draws adjacent dark modules of a row as one rectangle. */
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

/** The mark of a QR code. Throws a RangeError for a size that no QR code has. */
export function qrMark(qr: QrCode): SymbolMark {
  if (!isQrSize(qr.size)) throw new RangeError(`a QR code has 21, 25 … 177 modules on a side, not ${String(qr.size)}`);
  const module = Math.floor(hundredths(PIX.qr.width) / qr.size) / 100;
  return { kind: 'symbol', x: PIX.qr.x, y: PIX.qr.y, moduleWidth: module, moduleHeight: module, path: qrPath(qr) };
}

/**
 * Breaks the payload where a line is full and keeps its spaces, because a payer who copies it needs every character.
 */
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

function setPayload(setter: Setter, payload: string): void {
  if (payload.length > PAYLOAD_CHARACTERS_MAX) throw new RangeError('a BR Code has at most 512 characters');
  if (!isPrintable(payload)) throw new RangeError('the BR Code has characters that the page cannot print');
  const { x, y, height } = PIX.payload;
  for (const size of PAYLOAD_SIZES) {
    const leading = (size * PAYLOAD_LEADING) / POINTS_PER_MM;
    const lines = payloadLines(payload, size, setter.measure);
    if (lines.length * leading > height) continue;
    for (const [index, text] of lines.entries()) {
      const baseline = y + (index + 0.8) * leading;
      setter.marks.push({ kind: 'text', text, face: 'regular', size, x, baseline, paragraph: 'pix' });
    }
    return;
  }
  throw new RangeError('the BR Code does not fit the page');
}

const PLACES = {
  title: place(PIX.title, TITLE, 'pix'),
  settles: place(PIX.note, SMALL, 'pix', { at: 'top' }),
  doesNotSettle: place(PIX.note, PLAIN, 'pix', { at: 'top' }),
  payloadLabel: place(PIX.payloadLabel, LABEL, 'pix'),
};

/** Sets title, note and copia e cola. Throws a RangeError for a payment that PixPayment does not allow. */
export function setPix(setter: Setter, pix: PixPayment): void {
  setter.set(['Pague com Pix'], PLACES.title);
  if (pix.settlesBoleto) setter.set([SETTLES], PLACES.settles);
  else setter.set([DOES_NOT_SETTLE], PLACES.doesNotSettle);
  setter.set(['Pix copia e cola'], PLACES.payloadLabel);
  setPayload(setter, pix.copiaECola);
}
