import { composeBoleto, type BankAccount } from '#boleto';
import { parseIsoDate, type CalendarDate } from '#calendar';
import { centavos } from '#money';

import type { BoletoDocument } from './boleto-document.ts';

const BANCO_DO_BRASIL: BankAccount = {
  bankCode: '001',
  agencia: '1234',
  conta: '12345',
  carteira: '17',
  variacao: '019',
  convenio: '1234567',
};

/** For the specs: one fictitious account of each of the banks that most issuers use. */
export const SAMPLE_ACCOUNTS: readonly BankAccount[] = [
  BANCO_DO_BRASIL,
  { bankCode: '033', agencia: '1234', codigoBeneficiario: '1234567', carteira: '101' },
  { bankCode: '104', agencia: '4514', codigoBeneficiario: '527443', carteira: 'RG' },
  { bankCode: '237', agencia: '6343', agenciaDv: '6', conta: '1462445', contaDv: '7', carteira: '09' },
  { bankCode: '341', agencia: '6715', conta: '18388', contaDv: '2', carteira: '109' },
];

export function calendarDate(text: string): CalendarDate {
  const date = parseIsoDate(text);
  if (date === undefined) throw new Error(`not a date: ${text}`);
  return date;
}

/** A boleto of the account with every field that the page can show. */
export function sampleDocument(over: Partial<BoletoDocument> = {}, account = BANCO_DO_BRASIL): BoletoDocument {
  const amount = over.amount ?? centavos(80_400n);
  const dueDate = over.dueDate ?? calendarDate('2026-12-31');
  return {
    issuer: {
      name: 'Associação Beneficente São João da Conceição Ltda.',
      document: '11222333000181',
      address: {
        street: 'Avenida Paulista, 1578, conj. 42',
        district: 'Bela Vista',
        city: 'São Paulo',
        state: 'SP',
        postalCode: '01310200',
      },
    },
    payer: {
      name: 'José Antônio Gonçalves Brandão',
      document: '52998224725',
      address: { street: 'Rua das Flores, 10', city: 'Belo Horizonte', state: 'MG', postalCode: '30110-005' },
    },
    composed: composeBoleto(account, { sequence: 321n, amount, dueDate }),
    debtId: '8291',
    amount,
    dueDate,
    issuedOn: calendarDate('2026-11-21'),
    especie: 'DM',
    aceite: 'N',
    instructions: ['Após 31/12/2026 cobrar multa de R$ 16,08 e juros de R$ 0,27 por dia.'],
    ...over,
  };
}

/** 0x80 to 0x9f; a dot where Windows-1252 has nothing. Node 20's TextDecoder reads these as Latin-1. */
const WINDOWS_1252_HIGH = '€.‚ƒ„…†‡ˆ‰Š‹Œ.Ž..‘’“”•–—˜™š›œ.žŸ';

export function decodeWindows1252(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) =>
    byte >= 0x80 && byte <= 0x9f ? WINDOWS_1252_HIGH.charAt(byte - 0x80) : String.fromCodePoint(byte),
  ).join('');
}
