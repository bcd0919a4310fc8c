import { digits, optional } from '../account.ts';
import { AMOUNT_MAX, ANY_BANK, type Bank } from '../bank.ts';
import { operacaoWallet } from './operacao.ts';

/** The carteira in which the bank assigns the nosso número, so our counter cannot be used. */
const NUMBERED_BY_THE_BANK = '112';

/** Banco Inter, carteira 110, in which the client assigns the numbers. */
export const inter: Bank<'077'> = {
  code: '077',
  codeWithDv: '077-9',
  name: 'Banco Inter',
  amountMax: AMOUNT_MAX,
  localPagamento: ANY_BANK,
  fields: {
    agencia: digits(1, 4),
    agenciaDv: optional(digits(1)),
    carteira: {
      ...digits(3),
      help: 'A 110, em que o cliente dá o nosso número.',
      check: (value, account) =>
        value === NUMBERED_BY_THE_BANK
          ? { code: 'unsupported', message: 'is one whose nosso número Inter itself gives: use 110' }
          : digits(3).check(value, account),
    },
    operacao: digits(1, 7),
  },
  wallet: operacaoWallet,
};
