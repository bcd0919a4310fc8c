import { checkDigitOf, digits } from '../account.ts';
import { AMOUNT_MAX, countedIn, type Bank } from '../bank.ts';
import { isDigits, padded, restModulo11 } from '../check-digits.ts';

/** Modulo 11 with weights 2 to 7 from the right; a result of ten is the letter P. */
function checkDigit(number: string): string {
  const result = 11 - restModulo11(number, 7);
  if (result === 10) return 'P';
  return result === 11 ? '0' : result.toString();
}

/** Older papers of the bank write 0 where newer ones write P. */
function accountCheckDigits(number: string | undefined): readonly string[] | undefined {
  if (number === undefined || !isDigits(number, 1, 7)) return undefined;
  const dv = checkDigit(number);
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
      agenciaCodigoImpresso: `${agencia}-${account.agenciaDv ?? checkDigit(agencia)}/${conta}-${account.contaDv ?? checkDigit(conta)}`,
      carteiraImpressa: carteira,
      ...countedIn(11),
      number: (nossoNumero) => ({
        campoLivre: `${agencia}${carteira}${nossoNumero}${conta}0`,
        impresso: `${carteira}/${nossoNumero}-${checkDigit(carteira + nossoNumero)}`,
      }),
    };
  },
};
