import type { BankAccount } from '#boleto';

const SHOWN = 3;

/** An account as the audit keeps it: the bank, the agência and the end of the number, `001/1234/*****678`. */
export function maskAccount({ bankCode, agencia, conta, codigoBeneficiario, convenio }: BankAccount): string {
  const number = conta ?? codigoBeneficiario ?? convenio ?? '';
  const hidden = Math.max(0, number.length - SHOWN);
  return [bankCode, agencia, '*'.repeat(hidden) + number.slice(hidden)].join('/');
}
