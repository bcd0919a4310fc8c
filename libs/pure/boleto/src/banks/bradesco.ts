import { checkDigitOf, digits } from '../account.ts';
import { AMOUNT_MAX, countedIn, type Bank } from '../bank.ts';
import { isDigits, modulo11OrP, padded } from '../check-digits.ts';

/** The valid check digits of a number. Older documents of the bank write 0 where newer ones write P. */
function accountCheckDigits(number: string | undefined): readonly string[] | undefined {
  if (number === undefined || !isDigits(number, 1, 7)) return undefined;
  const dv = modulo11OrP(number);
  return dv === 'P' ? ['P', '0'] : [dv];
}

/** Bradesco: Layout de cobrança, August 2015. */
export const bradesco: Bank<'237'> = {
  code: '237',
  codeWithDv: '237-2',
  name: 'Bradesco',
  amountMax: AMOUNT_MAX,
  localPagamento: 'Pagável preferencialmente na rede Bradesco ou Bradesco Expresso.',
  fields: {
    agencia: digits(1, 4),
    agenciaDv: checkDigitOf(({ agencia }) => accountCheckDigits(agencia)),
    conta: digits(1, 7),
    contaDv: checkDigitOf(({ conta }) => accountCheckDigits(conta)),
    carteira: digits(2),
  },
  wallet: (account) => {
    const agencia = padded(account.agencia, 4);
    const conta = padded(account.conta ?? '', 7);
    const { carteira } = account;
    return {
      agenciaCodigoImpresso: `${agencia}-${account.agenciaDv ?? modulo11OrP(agencia)}/${conta}-${account.contaDv ?? modulo11OrP(conta)}`,
      carteiraImpressa: carteira,
      ...countedIn(11),
      number: (nossoNumero) => ({
        campoLivre: `${agencia}${carteira}${nossoNumero}${conta}0`,
        impresso: `${carteira}/${nossoNumero}-${modulo11OrP(carteira + nossoNumero)}`,
      }),
    };
  },
};
