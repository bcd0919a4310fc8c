import { checkDigitOf, digits, oneOf, optional, type BankAccount } from '../account.ts';
import { AMOUNT_MAX, countedIn, type Bank, type Numbering } from '../bank.ts';
import { isDigits, padded, restModulo11 } from '../check-digits.ts';

/**
 * Modalidade of a convênio of six digits whose nosso número has 17 free positions. It is obsolete and for unregistered
 * boletos only.
 */
const FREE_NUMBERING = '21';
const FREE_NUMBERING_DIGITS = 17;

/**
 * Modulo 11 with weights 9 to 2 from the right. The result is 11 minus the usual one: the remainder itself, with X for
 * ten.
 */
function checkDigit(number: string): string {
  const rest = (11 - restModulo11(number)) % 11;
  return rest === 10 ? 'X' : rest.toString();
}

function checkDigitIfKnown(number: string | undefined): readonly string[] | undefined {
  return number !== undefined && isDigits(number, 1, 8) ? [checkDigit(number)] : undefined;
}

/**
 * Convênios of four and six digits. The convênio is part of a nosso número of eleven digits, which has a check digit.
 */
function shortConvenio(account: BankAccount, convenio: string): Numbering {
  const tail = padded(account.agencia, 4) + padded(account.conta ?? '', 8) + padded(account.carteira, 2);
  return {
    ...countedIn(11 - convenio.length),
    number: (nossoNumero) => {
      const whole = convenio + nossoNumero;
      return { campoLivre: whole + tail, impresso: `${whole}-${checkDigit(whole)}` };
    },
  };
}

/** Convênios of seven and eight digits. The nosso número has 17 digits and no check digit. */
function longConvenio(account: BankAccount, convenio: string): Numbering {
  const carteira = padded(account.carteira, 2);
  return {
    ...countedIn(17 - convenio.length),
    number: (nossoNumero) => {
      const whole = convenio + nossoNumero;
      return { campoLivre: `000000${whole}${carteira}`, impresso: whole };
    },
  };
}

function freeNumbering(convenio: string): Numbering {
  return {
    ...countedIn(FREE_NUMBERING_DIGITS),
    number: (nossoNumero) => ({ campoLivre: convenio + nossoNumero + FREE_NUMBERING, impresso: nossoNumero }),
  };
}

function numberingOf(account: BankAccount): Numbering {
  const { convenio = '', modalidade } = account;
  if (modalidade === FREE_NUMBERING) return freeNumbering(convenio);
  return convenio.length < 7 ? shortConvenio(account, convenio) : longConvenio(account, convenio);
}

/** Banco do Brasil: Especificações técnicas para confecção de boleto de pagamento, January 2016. */
export const bancoDoBrasil: Bank<'001'> = {
  code: '001',
  codeWithDv: '001-9',
  name: 'Banco do Brasil',
  amountMax: AMOUNT_MAX,
  localPagamento: 'Pagável em qualquer banco até o vencimento. Após, atualize o boleto no site bb.com.br.',
  fields: {
    agencia: digits(1, 4),
    agenciaDv: checkDigitOf(({ agencia }) => checkDigitIfKnown(agencia)),
    conta: digits(1, 8),
    contaDv: checkDigitOf(({ conta }) => checkDigitIfKnown(conta)),
    carteira: digits(2),
    variacao: optional(digits(1, 3)),
    convenio: {
      ...digits(4, 8),
      help: 'Com 4, 6, 7 ou 8 dígitos; com a modalidade 21, sempre 6.',
      check: (value, account) => {
        if (account.modalidade === FREE_NUMBERING) return digits(6).check(value, account);
        return isDigits(value, 4, 8) && value.length !== 5
          ? undefined
          : { code: 'invalid', message: 'must be 4, 6, 7 or 8 digits' };
      },
    },
    modalidade: {
      ...optional(oneOf([FREE_NUMBERING])),
      help: 'Só para convênios de 6 dígitos com nosso número livre: 21.',
    },
  },
  sequenceMax: countedIn(FREE_NUMBERING_DIGITS).sequenceMax,
  wallet: (account) => {
    const { agencia, conta = '' } = account;
    const agenciaImpressa = `${padded(agencia, 4)}-${account.agenciaDv ?? checkDigit(agencia)}`;
    const contaImpressa = `${padded(conta, 8)}-${account.contaDv ?? checkDigit(conta)}`;
    return {
      agenciaCodigoImpresso: `${agenciaImpressa}/${contaImpressa}`,
      carteiraImpressa: account.variacao === undefined ? account.carteira : `${account.carteira}/${account.variacao}`,
      ...numberingOf(account),
    };
  },
};
