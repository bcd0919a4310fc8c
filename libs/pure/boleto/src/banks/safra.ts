import { digits } from '../account.ts';
import { AMOUNT_MAX, ANY_BANK, countedIn, type Bank } from '../bank.ts';
import { padded, restModulo11 } from '../check-digits.ts';

/** Modulo 11, weights 2 to 9. A remainder of 0 gives 1, and a remainder of 1 gives 0. */
function checkDigit(number: string): string {
  const rest = restModulo11(number);
  if (rest === 0) return '1';
  return rest === 1 ? '0' : (11 - rest).toString();
}

/** The bank's own cobrança system, for registered titles. */
const SYSTEM = '7';
const REGISTERED = '2';

/** Banco Safra. No manual was available; checked against the published boletos of other projects. */
export const safra: Bank<'422'> = {
  code: '422',
  codeWithDv: '422-7',
  name: 'Banco Safra',
  amountMax: AMOUNT_MAX,
  localPagamento: ANY_BANK,
  fields: {
    agencia: digits(1, 4),
    agenciaDv: digits(1),
    conta: digits(1, 8),
    contaDv: digits(1),
    carteira: digits(1, 2),
  },
  wallet: (account) => {
    const agencia = padded(account.agencia, 4) + (account.agenciaDv ?? '');
    const conta = padded(account.conta ?? '', 8) + (account.contaDv ?? '');
    return {
      agenciaCodigoImpresso: `${agencia}/${conta}`,
      carteiraImpressa: account.carteira,
      ...countedIn(8),
      number: (nossoNumero) => {
        const dv = checkDigit(nossoNumero);
        return {
          campoLivre: SYSTEM + agencia + conta + nossoNumero + dv + REGISTERED,
          impresso: `${nossoNumero}-${dv}`,
        };
      },
    };
  },
};
