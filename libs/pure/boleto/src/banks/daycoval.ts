import { digits, optional } from '../account.ts';
import { AMOUNT_MAX, ANY_BANK, type Bank } from '../bank.ts';
import { operacaoWallet } from './operacao.ts';

/** Banco Daycoval. No manual was available; checked against the published boletos of other projects. */
export const daycoval: Bank<'707'> = {
  code: '707',
  codeWithDv: '707-2',
  name: 'Banco Daycoval',
  amountMax: AMOUNT_MAX,
  localPagamento: ANY_BANK,
  fields: {
    agencia: digits(1, 4),
    agenciaDv: optional(digits(1)),
    carteira: digits(3),
    operacao: digits(1, 7),
  },
  wallet: operacaoWallet,
};
