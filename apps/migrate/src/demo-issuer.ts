import type { BankAccount } from '#boleto';

/**
 * A fictitious company, with an account and a convênio that were never opened. Its boletos are complete and correct,
 * and no bank will accept money for them. Its id never changes, so that scripts can use it.
 */
export const demoIssuer = {
  id: '00000000-0000-4000-8000-0000000000d1',
  name: 'Empresa de Demonstração Ltda',
  /** A CNPJ with letters, valid since July 2026. */
  document: '00DEMO00000136',
  address: {
    street: 'Rua do Exemplo, 100',
    district: 'Centro',
    city: 'São Paulo',
    state: 'SP',
    postalCode: '01001000',
  },
  account: {
    bankCode: '001',
    agencia: '9999',
    agenciaDv: '6',
    conta: '99999999',
    contaDv: '0',
    carteira: '17',
    variacao: '019',
    convenio: '9999999',
  } satisfies BankAccount,
  especie: 'DM',
  instructions: ['Boleto de demonstração: beneficiário, conta e convênio são fictícios. Não pague.'],
  /** Percentages as decimal text: the ceilings for consumer debts. */
  fees: { multa: { percent: '2.00' }, juros: { percentPerMonth: '1.00' } },
} as const;
