import { parseIsoDate, type CalendarDate } from '#calendar';
import type { BankAccount } from './account.ts';

export function date(text: string): CalendarDate {
  const parsed = parseIsoDate(text);
  if (parsed === undefined) throw new Error(`${text} is not a date`);
  return parsed;
}

/** One valid, fictitious account for each bank. */
export const ACCOUNTS: readonly BankAccount[] = [
  {
    bankCode: '001',
    agencia: '1234',
    agenciaDv: '3',
    conta: '56789',
    contaDv: '2',
    carteira: '17',
    variacao: '019',
    convenio: '3333333',
  },
  { bankCode: '033', agencia: '1234', carteira: '101', codigoBeneficiario: '1234567' },
  { bankCode: '041', agencia: '1234', carteira: '2', codigoBeneficiario: '1234567' },
  { bankCode: '077', agencia: '0001', agenciaDv: '9', carteira: '110', operacao: '1234567' },
  { bankCode: '084', agencia: '1234', conta: '56789', carteira: '09' },
  { bankCode: '085', agencia: '1234', conta: '231560', contaDv: '2', carteira: '01', convenio: '101104' },
  { bankCode: '104', agencia: '1234', carteira: 'RG', codigoBeneficiario: '123456' },
  { bankCode: '237', agencia: '1234', conta: '56789', carteira: '09' },
  { bankCode: '341', agencia: '0057', conta: '12345', contaDv: '7', carteira: '109' },
  { bankCode: '422', agencia: '1234', agenciaDv: '5', conta: '123456', contaDv: '7', carteira: '1' },
  { bankCode: '707', agencia: '0001', agenciaDv: '9', carteira: '121', operacao: '1234567' },
  { bankCode: '748', agencia: '0156', posto: '05', codigoBeneficiario: '85305', carteira: '1', ano: '26' },
  { bankCode: '756', agencia: '4277', carteira: '1', modalidade: '01', codigoBeneficiario: '172278' },
];

export function accountAt(bankCode: string): BankAccount {
  const account = ACCOUNTS.find((each) => each.bankCode === bankCode);
  if (account === undefined) throw new Error(`no account at bank ${bankCode}`);
  return account;
}
