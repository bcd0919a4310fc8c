import { decodeQR } from 'qr/decode.js';
import { describe, expect, test } from 'vitest';
import { centavos } from '#money';
import { parseBrCode, type PixReceiver } from '#pix';
import { staticPix } from './static-pix.ts';

const RECEIVER: PixReceiver = {
  key: '123e4567-e12b-12d1-a456-426655440000',
  merchantName: 'Fulano de Tal',
  merchantCity: 'BRASILIA',
};
const BOLETO = { amount: centavos(12_345n), nossoNumero: '109/00000001-6' };

const PIXELS_A_MODULE = 4;
const QUIET_MODULES = 4;

/** The text that a reader decodes from the symbol, drawn black on white with its quiet zone. */
function scan({ qr }: ReturnType<typeof staticPix>): string {
  const { size, isDark } = qr;
  const side = (size + 2 * QUIET_MODULES) * PIXELS_A_MODULE;
  const moduleAt = (pixel: number): number => Math.floor(pixel / PIXELS_A_MODULE) - QUIET_MODULES;
  const data = new Uint8Array(side * side * 3);
  for (let at = 0; at < side * side; at += 1) {
    data.fill(isDark(moduleAt(at % side), moduleAt(Math.floor(at / side))) ? 0 : 255, at * 3, at * 3 + 3);
  }
  return decodeQR({ width: side, height: side, data });
}

describe('a Pix for a boleto', () => {
  test('a Pix gives receiver, amount and nosso número, and does not settle the boleto', () => {
    const pix = staticPix(RECEIVER, BOLETO);

    expect(pix.settlesBoleto).toBe(false);
    expect(parseBrCode(pix.copiaECola)).toMatchObject({
      ok: true,
      kind: 'static',
      key: RECEIVER.key,
      amount: 12_345n,
      name: 'Fulano de Tal',
      city: 'BRASILIA',
      txid: '109000000016',
    });
  });

  test.each([RECEIVER, { ...RECEIVER, key: `${'a'.repeat(65)}@example.com`, merchantName: 'A'.repeat(25) }])(
    'a Pix QR decodes to its copia e cola: %j',
    (receiver) => {
      const pix = staticPix(receiver, BOLETO);
      expect(scan(pix)).toBe(pix.copiaECola);
      expect([pix.qr.isDark(-1, 0), pix.qr.isDark(0, 0), pix.qr.isDark(pix.qr.size, 0)]).toEqual([false, true, false]);
    },
  );

  test('a nosso número that is too long for a txid keeps its end', () => {
    const { copiaECola } = staticPix(RECEIVER, { ...BOLETO, nossoNumero: `0001-9/110/${'1234567890'.repeat(2)}-5` });
    expect(parseBrCode(copiaECola)).toMatchObject({ txid: '9110123456789012345678905' });
  });

  test.each([
    { ...RECEIVER, key: '529.982.247-25' },
    { ...RECEIVER, merchantName: '' },
  ])('an invalid receiver, which no issuer can have, is an impossible state: %j', (receiver) => {
    expect(() => staticPix(receiver, BOLETO)).toThrow('no BR Code can be built');
  });
});
