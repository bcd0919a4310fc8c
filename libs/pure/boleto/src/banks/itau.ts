import { checkDigitOf, digits } from '../account.ts';
import { AMOUNT_MAX, countedIn, type Bank } from '../bank.ts';
import { isDigits, modulo10, padded } from '../check-digits.ts';

/** The carteiras in which Itaú assigns the nosso número, so our counter cannot be used. */
const NUMBERED_BY_THE_BANK: ReadonlySet<string> = new Set(['104', '112', '147', '188']);

/**
 * The carteiras in which the check digit of the nosso número covers carteira and nosso número, without agência and
 * conta.
 */
const WITHOUT_ACCOUNT_IN_DV: ReadonlySet<string> = new Set([
  ...NUMBERED_BY_THE_BANK,
  '126',
  '131',
  '145',
  '146',
  '150',
  '168',
]);

/** The carteiras whose campo livre has seu número and código do cliente instead of agência and conta. */
const WITH_SEU_NUMERO: ReadonlySet<string> = new Set(['107', '122', '142', '143', '196', '198']);

/** Itaú: Cobrança, layout de arquivos, July 2021. */
export const itau: Bank<'341'> = {
  code: '341',
  codeWithDv: '341-7',
  name: 'Itaú',
  amountMax: AMOUNT_MAX,
  localPagamento: 'Pague pelo aplicativo, internet ou em agências e correspondentes.',
  instrucoes: ['(TODAS AS INFORMAÇÕES DESTE BOLETO SÃO DE EXCLUSIVA RESPONSABILIDADE DO BENEFICIÁRIO)'],
  fields: {
    agencia: digits(1, 4),
    conta: digits(1, 5),
    contaDv: checkDigitOf(({ agencia, conta }) =>
      conta !== undefined && isDigits(conta, 1, 5) && isDigits(agencia, 1, 4)
        ? [modulo10(padded(agencia, 4) + padded(conta, 5)).toString()]
        : undefined,
    ),
    carteira: {
      ...digits(3),
      help: 'Uma em que o emissor dá o nosso número, como a 109.',
      check: (value, account) =>
        NUMBERED_BY_THE_BANK.has(value)
          ? { code: 'unsupported', message: 'is one whose nosso número Itaú itself gives: use 109' }
          : digits(3).check(value, account),
    },
    codigoBeneficiario: {
      ...digits(1, 5),
      help: `Obrigatório nas carteiras ${[...WITH_SEU_NUMERO].join(', ')}.`,
      required: ({ carteira }) => WITH_SEU_NUMERO.has(carteira),
    },
  },
  wallet: (account) => {
    const agencia = padded(account.agencia, 4);
    const conta = padded(account.conta ?? '', 5);
    const contaDv = account.contaDv ?? modulo10(agencia + conta).toString();
    const cliente = padded(account.codigoBeneficiario ?? '', 5);
    const { carteira } = account;
    const dvPrefix = WITHOUT_ACCOUNT_IN_DV.has(carteira) ? carteira : agencia + conta + carteira;
    const withSeuNumero = WITH_SEU_NUMERO.has(carteira);

    return {
      agenciaCodigoImpresso: `${agencia}/${conta}-${contaDv}`,
      carteiraImpressa: carteira,
      ...countedIn(8),
      number: (nossoNumero, seuNumero) => {
        const dv = modulo10(dvPrefix + nossoNumero).toString();
        const impresso = `${carteira}/${nossoNumero}-${dv}`;
        if (!withSeuNumero) {
          return { campoLivre: `${carteira}${nossoNumero}${dv}${agencia}${conta}${contaDv}000`, impresso };
        }
        const digits22 = carteira + nossoNumero + padded(seuNumero ?? nossoNumero, 7) + cliente;
        return { campoLivre: `${digits22}${modulo10(digits22).toString()}0`, impresso };
      },
    };
  },
};
