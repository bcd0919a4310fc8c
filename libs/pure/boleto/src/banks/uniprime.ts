import { digits, optional } from '../account.ts';
import { AMOUNT_MAX, ANY_BANK, countedIn, withDv, type Bank } from '../bank.ts';
import { modulo11OrP, padded } from '../check-digits.ts';

/**
 * Uniprime Norte do Paraná, with the campo livre of Bradesco. No manual was available; checked against the published
 * boletos of other projects.
 */
export const uniprime: Bank<'084'> = {
  code: '084',
  codeWithDv: '084-1',
  name: 'Uniprime',
  amountMax: AMOUNT_MAX,
  localPagamento: ANY_BANK,
  fields: {
    agencia: digits(1, 4),
    agenciaDv: optional(digits(1)),
    conta: digits(1, 7),
    contaDv: optional(digits(1)),
    carteira: digits(2),
  },
  wallet: (account) => {
    const agencia = padded(account.agencia, 4);
    const conta = padded(account.conta ?? '', 7);
    const { carteira } = account;
    return {
      agenciaCodigoImpresso: `${withDv(agencia, account.agenciaDv)}/${withDv(conta, account.contaDv)}`,
      carteiraImpressa: carteira,
      ...countedIn(11),
      number: (nossoNumero) => ({
        campoLivre: `${agencia}${carteira}${nossoNumero}${conta}0`,
        impresso: `${carteira}/${nossoNumero}-${modulo11OrP(carteira + nossoNumero)}`,
      }),
    };
  },
};
