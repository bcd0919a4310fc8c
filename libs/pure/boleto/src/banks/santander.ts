import { digits, oneOf } from '../account.ts';
import { AMOUNT_MAX, ANY_BANK, countedIn, type Bank } from '../bank.ts';
import { modulo11, padded } from '../check-digits.ts';

const CARTEIRAS: Readonly<Record<string, string>> = {
  '101': 'Rápida com registro',
  '102': 'Sem registro',
  '201': 'Penhor',
};

/** The IOS digit. Insurers would use 7 or 9; all other issuers use 0. */
const IOS = '0';

/** Santander: Layout de boletos, version 3.1, January 2017. */
export const santander: Bank<'033'> = {
  code: '033',
  codeWithDv: '033-7',
  name: 'Santander',
  amountMax: AMOUNT_MAX,
  localPagamento: ANY_BANK,
  fields: {
    agencia: digits(1, 4),
    carteira: oneOf(Object.keys(CARTEIRAS)),
    codigoBeneficiario: digits(1, 7),
  },
  wallet: (account) => {
    const beneficiario = padded(account.codigoBeneficiario ?? '', 7);
    return {
      agenciaCodigoImpresso: `${padded(account.agencia, 4)}/${beneficiario}`,
      carteiraImpressa: `${account.carteira} - ${CARTEIRAS[account.carteira] ?? ''}`,
      ...countedIn(12),
      number: (nossoNumero) => {
        const dv = modulo11(nossoNumero).toString();
        return {
          campoLivre: `9${beneficiario}${nossoNumero}${dv}${IOS}${account.carteira}`,
          impresso: `${nossoNumero}-${dv}`,
        };
      },
    };
  },
};
