import { centavos } from '#money';
import { digits, oneOf } from '../account.ts';
import { countedIn, type Bank } from '../bank.ts';
import { isDigits, modulo11, padded } from '../check-digits.ts';

/**
 * The first two digits of a nosso número: the modalidade (1 registered, 2 unregistered), and 4 for issue by the
 * beneficiary.
 */
const PREFIXES: Readonly<Record<string, string>> = { RG: '14', SR: '24' };

/** The smallest code with more than six digits. Such codes have no check digit. */
const LONG_BENEFICIARIO_MIN = 1_100_000;

function isLong(codigoBeneficiario: string): boolean {
  return Number(codigoBeneficiario) >= LONG_BENEFICIARIO_MIN;
}

/** Caixa Econômica Federal: Especificação do código de barras, SIGCB, April 2020. */
export const caixa: Bank<'104'> = {
  code: '104',
  codeWithDv: '104-0',
  name: 'Caixa Econômica Federal',
  amountMax: centavos(999_999_999n),
  localPagamento: 'Preferencialmente nas casas lotéricas até o valor limite.',
  fields: {
    agencia: digits(1, 4),
    carteira: oneOf(Object.keys(PREFIXES)),
    codigoBeneficiario: {
      ...digits(1, 7),
      help: 'Até 6 dígitos, sem o verificador, ou 7 dígitos a partir de 1100000.',
      check: (value) =>
        isDigits(value, 1, 6) || (isDigits(value, 7, 7) && (isLong(value) || value.startsWith('0')))
          ? undefined
          : { code: 'invalid', message: 'must be up to 6 digits without check digit, or 7 digits from 1100000 on' },
    },
  },
  wallet: (account) => {
    const codigo = account.codigoBeneficiario ?? '';
    const dv = modulo11(padded(codigo, 6)).toString();
    const beneficiario = isLong(codigo) ? codigo : padded(codigo, 6) + dv;
    const codigoImpresso = isLong(codigo) ? codigo : `${padded(codigo, 6)}-${dv}`;
    return {
      agenciaCodigoImpresso: `${padded(account.agencia, 4)}/${codigoImpresso}`,
      carteiraImpressa: account.carteira,
      ...countedIn(15, PREFIXES[account.carteira]),
      number: (nossoNumero) => {
        const digits24 =
          beneficiario +
          nossoNumero.slice(2, 5) +
          nossoNumero.charAt(0) +
          nossoNumero.slice(5, 8) +
          nossoNumero.charAt(1) +
          nossoNumero.slice(8);
        return {
          campoLivre: digits24 + modulo11(digits24).toString(),
          impresso: `${nossoNumero}-${modulo11(nossoNumero).toString()}`,
        };
      },
    };
  },
};
