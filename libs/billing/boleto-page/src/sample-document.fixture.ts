import { amountMax, composeBoleto, type BankAccount } from '#boleto';
import { parseIsoDate, type CalendarDate } from '#calendar';
import { centavos } from '#money';
import type { BoletoDocument, PixPayment } from './layout/boleto-document.ts';

const BANCO_DO_BRASIL: BankAccount = {
  bankCode: '001',
  agencia: '1234',
  conta: '12345',
  carteira: '17',
  variacao: '019',
  convenio: '1234567',
};

/** One fictitious account of each bank, for the specs. */
export const SAMPLE_ACCOUNTS: readonly BankAccount[] = [
  BANCO_DO_BRASIL,
  { bankCode: '033', agencia: '1234', codigoBeneficiario: '1234567', carteira: '101' },
  { bankCode: '041', agencia: '0340', codigoBeneficiario: '1234560', carteira: '2' },
  { bankCode: '077', agencia: '0001', operacao: '1234567', carteira: '110' },
  { bankCode: '084', agencia: '0012', conta: '47744', carteira: '09' },
  {
    bankCode: '085',
    agencia: '0101',
    agenciaDv: '5',
    conta: '231560',
    contaDv: '2',
    carteira: '01',
    convenio: '101104',
  },
  { bankCode: '104', agencia: '4514', codigoBeneficiario: '527443', carteira: 'RG' },
  { bankCode: '237', agencia: '6343', agenciaDv: '6', conta: '1462445', contaDv: '7', carteira: '09' },
  { bankCode: '341', agencia: '6715', conta: '18388', contaDv: '2', carteira: '109' },
  { bankCode: '422', agencia: '1234', agenciaDv: '5', conta: '123456', contaDv: '7', carteira: '02' },
  { bankCode: '707', agencia: '0001', operacao: '1934436', carteira: '121' },
  { bankCode: '748', agencia: '0156', posto: '05', codigoBeneficiario: '85305', carteira: '1', ano: '26' },
  { bankCode: '756', agencia: '4277', codigoBeneficiario: '172278', carteira: '1', modalidade: '01' },
];

export function sampleAccount(bankCode: string): BankAccount {
  const account = SAMPLE_ACCOUNTS.find((each) => each.bankCode === bankCode);
  if (account === undefined) throw new Error(`no account at bank ${bankCode}`);
  return account;
}

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

/**
 * Five boletos of an account: short and long texts, small and large amounts, near and far due dates, with and without
 * the optional fields.
 */
export function sampleDocuments(account: BankAccount): readonly BoletoDocument[] {
  const long = 'Wilhelmina Wanderléia de Araújo Guimarães Mascarenhas '.repeat(3).slice(0, 120);
  const amountAtMost = amountMax(account.bankCode);
  const numbered = (sequence: bigint, over: Partial<BoletoDocument>): BoletoDocument => {
    const boleto = sampleDocument(over, account);
    const { amount, dueDate } = boleto;
    return { ...boleto, composed: composeBoleto(account, { sequence, amount, dueDate }) };
  };
  return [
    numbered(321n, {}),
    numbered(1n, { amount: centavos(1n), payer: { name: 'Ana', document: '8291' }, instructions: [] }),
    numbered(98_765n, { amount: amountAtMost, dueDate: calendarDate('2028-02-29'), debtId: '(A\\1) – nº 2' }),
    numbered(7n, {
      dueDate: calendarDate('2049-10-13'),
      payer: { name: long, document: '12ABC34501DE35', address: { street: long, district: long, city: long } },
      instructions: Array.from({ length: 12 }, (_, index) => `Linha ${index.toString()}: ${long}`),
      sacador: { name: long, document: '11222333000181' },
    }),
    numbered(54_321n, { dueDate: calendarDate('2049-10-14'), pix: samplePix() }),
  ];
}

/** The QR code (version 6, L) of the payload below. Each row is hexadecimal; dark modules are ones. */
const QR_ROWS = (
  '1fc7d884a7f 1054f4e1941 175b956fc5d 174add7c65d 1756cf9425d 1058fa26841 1fd5555557f 1ab8f3700 ' +
  '1a6994bdd76 7b9b938a43 176ae73c635 fb4a59e14d 1dcf574f757 91bedf98a2 13593ee1551 1b81d188e71 ' +
  '10e239f0238 1b312c35b5a 1945999546d dbaa043a2e 9664b33843 1b1e22a31ca 1f501e65e60 1c18272cd4a ' +
  '12d0d1192f1 d0f7fd2827 15e41c7bd01 1ab2ecc7c2b 15c9c73332d 13db6543aa 17773352428 94ff0238 ' +
  '137dbabfdf5 122339913 1fdc19fc953 1040592e51e 174802309f1 175e38efe93 174a818ec9d 105aa68a3a8 ' +
  '1fd4de6aa5c'
).split(' ');

export function samplePix(over: Partial<PixPayment> = {}): PixPayment {
  const size = QR_ROWS.length;
  const modules = QR_ROWS.map((row) => Array.from(BigInt(`0x${row}`).toString(2).padStart(size, '0')));
  return {
    qr: { size, isDark: (x, y) => modules[y]?.[x] === '1' },
    copiaECola:
      '00020126580014br.gov.bcb.pix0136123e4567-e12b-12d3-a456-426655440000' +
      '5204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D',
    settlesBoleto: false,
    ...over,
  };
}

/** Bytes 0x80 to 0x9f of Windows-1252; a dot for each unassigned byte. */
const WINDOWS_1252_HIGH = '€.‚ƒ„…†‡ˆ‰Š‹Œ.Ž..‘’“”•–—˜™š›œ.žŸ';

export function decodeWindows1252(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) =>
    byte >= 0x80 && byte <= 0x9f ? WINDOWS_1252_HIGH.charAt(byte - 0x80) : String.fromCodePoint(byte),
  ).join('');
}
