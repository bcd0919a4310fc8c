import { expect, test } from 'vitest';
import { parseBoleto } from '#boleto';
import type { CalendarDate } from '#calendar';
import { parseBrCode } from '#pix';
import { previewDocument } from './preview-document.ts';

const TODAY = '2026-11-28' as CalendarDate;

const ISSUER = {
  beneficiary: {
    name: 'Mensalidades Exemplo Ltda',
    document: '11222333000181',
    address: { street: 'Rua das Acácias, 100', city: 'São Paulo', state: 'SP', postalCode: '01001000' },
  },
  account: { bankCode: '341', agencia: '0057', conta: '12345', contaDv: '7', carteira: '109' },
  terms: {
    especie: 'DM',
    instructions: ['Dúvidas: fale com o financeiro.'],
    fees: { multa: { percent: '2.00' } },
  },
  pix: { key: '+5511999998888', merchantName: 'Mensalidades Exemplo', merchantCity: 'Sao Paulo' },
};

test('a preview has everything of the issuer, and no code that can be paid', () => {
  const boleto = previewDocument(ISSUER, { sequence: 17n, today: TODAY });

  expect(boleto).toMatchObject({
    issuer: ISSUER.beneficiary,
    issuedOn: TODAY,
    dueDate: '2026-12-28',
    especie: 'DM',
    composed: { bankName: 'Itaú', nossoNumeroImpresso: '109/00000017-2', agenciaCodigoImpresso: '0057/12345-7' },
    instructions: [
      expect.stringContaining('EXCLUSIVA RESPONSABILIDADE'),
      'Dúvidas: fale com o financeiro.',
      'Após 28/12/2026 cobrar multa de R$ 2,46.',
    ],
  });
  expect(parseBoleto(boleto.composed.linhaDigitavel, TODAY).ok).toBe(false);
  expect(parseBoleto(boleto.composed.codigoBarras, TODAY).ok).toBe(false);
  expect(parseBrCode(boleto.pix?.copiaECola ?? '').ok).toBe(false);
  expect(boleto.pix?.copiaECola).not.toContain('99999');
});
