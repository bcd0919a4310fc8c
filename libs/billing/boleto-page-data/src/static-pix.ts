import { encodeQR } from 'qr';
import type { PixPayment, QrCode } from '#boleto-page';
import type { Centavos } from '#money';
import { buildStaticBrCode, parseBrCode, type PixReceiver } from '#pix';

const TXID_CHARS_MAX = 25;

/** The smallest quiet zone that encodeQR draws. It is cut off, because the page has its own. */
const QR_BORDER = 1;

/**
 * A static BR Code for a boleto: its amount, and its nosso número as txid, so that the issuer sees in its statement
 * which boleto was paid. No bank links the payment to the boleto, and the page says so. The code is read back and its
 * CRC checked.
 * @throws Error when it cannot be built or reads back differently, because an issuer's Pix is checked when it is
 * created
 */
export function staticPix(
  receiver: PixReceiver,
  { amount, nossoNumero }: { readonly amount: Centavos; /** In any form. */ readonly nossoNumero: string },
): PixPayment {
  const { key, merchantName: name, merchantCity: city } = receiver;
  const txid = nossoNumero.replaceAll(/[^A-Za-z0-9]/g, '').slice(-TXID_CHARS_MAX);
  const built = buildStaticBrCode({ key, name, city, amount, txid });
  if (!built.ok) throw new Error(`no BR Code can be built: ${JSON.stringify(built.problems)}`);

  const { payload } = built;
  const read = parseBrCode(payload);
  if (!read.ok || read.key !== key || read.amount !== amount || read.txid !== txid) {
    throw new Error(`the BR Code reads back differently: ${payload}`);
  }
  return {
    copiaECola: payload,
    settlesBoleto: false,
    /** Drawn on demand, because the modules of a whole chunk's boletos take megabytes and half a second. */
    get qr() {
      return qrCode(payload);
    },
  };
}

const UNPAYABLE = 'PREVIA: este codigo nao paga nada. ';

/** A text as long as a BR Code, without a receiver, for the page of a boleto that does not exist. */
export function unpayablePix(receiver: PixReceiver, billed: Parameters<typeof staticPix>[1]): PixPayment {
  const { copiaECola } = staticPix(receiver, billed);
  const text = UNPAYABLE.repeat(Math.ceil(copiaECola.length / UNPAYABLE.length)).trimEnd();
  return { copiaECola: text, settlesBoleto: false, qr: qrCode(text) };
}

/** Error correction level M: 15 % of the symbol may be unreadable. */
function qrCode(payload: string): QrCode {
  const modules = encodeQR(payload, 'raw', { ecc: 'medium', border: QR_BORDER });
  return {
    size: modules.length - 2 * QR_BORDER,
    isDark: (x, y) => modules[y + QR_BORDER]?.[x + QR_BORDER] === true,
  };
}
