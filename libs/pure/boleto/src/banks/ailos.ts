import { checkDigitOf, digits, type FieldRule } from '../account.ts';
import { AMOUNT_MAX, ANY_BANK, countedIn, type Bank } from '../bank.ts';
import { isDigits, modulo11, padded } from '../check-digits.ts';

function checkDigitIfKnown(number: string | undefined): readonly string[] | undefined {
  return number !== undefined && isDigits(number, 1, 7) ? [modulo11(number).toString()] : undefined;
}

/** Required, because it is part of the nosso número. */
const contaDv: FieldRule = {
  ...checkDigitOf(({ conta }) => checkDigitIfKnown(conta)),
  required: () => true,
};

/**
 * Ailos (Viacredi and the other cooperatives of the system). No manual was available; checked against the published
 * boletos of other projects.
 */
export const ailos: Bank<'085'> = {
  code: '085',
  codeWithDv: '085-1',
  name: 'Ailos',
  amountMax: AMOUNT_MAX,
  localPagamento: ANY_BANK,
  fields: {
    agencia: digits(1, 4),
    agenciaDv: checkDigitOf(({ agencia }) => checkDigitIfKnown(agencia)),
    conta: digits(1, 7),
    contaDv,
    carteira: digits(2),
    convenio: digits(6),
  },
  wallet: (account) => {
    const { agenciaDv, convenio = '', contaDv: dv = '', carteira } = account;
    const agencia = padded(account.agencia, 4);
    const conta = padded(account.conta ?? '', 7);
    return {
      agenciaCodigoImpresso: `${agencia}-${agenciaDv ?? modulo11(agencia).toString()}/${conta}-${dv}`,
      carteiraImpressa: carteira,
      ...countedIn(9),
      number: (nossoNumero) => {
        const whole = conta + dv + nossoNumero;
        return { campoLivre: convenio + whole + carteira, impresso: whole };
      },
    };
  },
};
