import { digits } from '../account.ts';
import { AMOUNT_MAX, ANY_BANK, countedIn, type Bank } from '../bank.ts';
import { padded } from '../check-digits.ts';

const ZERO = 48;
const WEIGHTS = [3, 1, 9, 7] as const;

/** Modulo 11 with the repeated weights 3, 1, 9, 7 from the left. A remainder of 0 or 1 gives 0. */
function checkDigit(number: string): string {
  let sum = 0;
  for (let i = 0; i < number.length; i += 1) sum += (number.charCodeAt(i) - ZERO) * (WEIGHTS[i % 4] ?? 0);
  const rest = sum % 11;
  return rest < 2 ? '0' : (11 - rest).toString();
}

/** The number of the instalment. A debt is a single title, never an instalment of a carnê. */
const PARCELA = '001';

/** Sicoob: Layout de cobrança, February 2017. */
export const sicoob: Bank<'756'> = {
  code: '756',
  codeWithDv: '756-0',
  name: 'Sicoob',
  amountMax: AMOUNT_MAX,
  localPagamento: ANY_BANK,
  fields: {
    agencia: { ...digits(1, 4), label: 'Cooperativa', help: 'Sem o dígito verificador.' },
    carteira: digits(1),
    modalidade: digits(2),
    codigoBeneficiario: { ...digits(1, 7), label: 'Código do cliente' },
  },
  wallet: (account) => {
    const { carteira, modalidade = '' } = account;
    const cooperativa = padded(account.agencia, 4);
    const cliente = padded(account.codigoBeneficiario ?? '', 7);
    const head = carteira + cooperativa + modalidade + cliente;
    const dvPrefix = `${cooperativa}000${cliente}`;
    return {
      agenciaCodigoImpresso: `${cooperativa}/${cliente}`,
      carteiraImpressa: `${carteira}/${modalidade}`,
      ...countedIn(7),
      number: (nossoNumero) => {
        const dv = checkDigit(dvPrefix + nossoNumero);
        return { campoLivre: head + nossoNumero + dv + PARCELA, impresso: `${nossoNumero}-${dv}` };
      },
    };
  },
};
