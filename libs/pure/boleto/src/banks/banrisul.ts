import { digits, oneOf, optional } from '../account.ts';
import { AMOUNT_MAX, ANY_BANK, countedIn, type Bank } from '../bank.ts';
import { modulo10, padded, restModulo11 } from '../check-digits.ts';

/**
 * Banrisul's "número de controle": a modulo 10 digit, then a modulo 11 digit (weights 2 to 7) over both. A remainder of
 * 1 has no second digit, so the first digit is increased by one.
 */
function controlDigits(number: string): string {
  let first = modulo10(number);
  let rest = restModulo11(number + first.toString(), 7);
  if (rest === 1) {
    first = (first + 1) % 10;
    rest = restModulo11(number + first.toString(), 7);
  }
  return first.toString() + (rest === 0 ? '0' : (11 - rest).toString());
}

/**
 * Banrisul. No manual was available; derived from the published boletos of other projects, and checked against them.
 */
export const banrisul: Bank<'041'> = {
  code: '041',
  codeWithDv: '041-8',
  name: 'Banrisul',
  amountMax: AMOUNT_MAX,
  localPagamento: ANY_BANK,
  fields: {
    agencia: digits(1, 4),
    carteira: oneOf(['1', '2']),
    codigoBeneficiario: digits(7),
    // The two control digits of the código do beneficiário. They are only printed.
    contaDv: { ...optional(digits(2)), label: 'Dígitos do código do beneficiário', help: 'São só impressos.' },
  },
  wallet: (account) => {
    const agencia = padded(account.agencia, 4);
    const beneficiario = account.codigoBeneficiario ?? '';
    const head = `${account.carteira}1${agencia}${beneficiario}`;
    const contaDv = account.contaDv === undefined ? '' : `.${account.contaDv}`;
    const beneficiarioImpresso = `${beneficiario.slice(0, 6)}.${beneficiario.slice(6)}`;
    return {
      agenciaCodigoImpresso: `${agencia}/${beneficiarioImpresso}${contaDv}`,
      carteiraImpressa: account.carteira,
      ...countedIn(8),
      number: (nossoNumero) => {
        const digits23 = `${head}${nossoNumero}40`;
        return {
          campoLivre: digits23 + controlDigits(digits23),
          impresso: `${nossoNumero}-${controlDigits(nossoNumero)}`,
        };
      },
    };
  },
};
