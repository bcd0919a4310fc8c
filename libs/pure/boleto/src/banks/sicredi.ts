import { digits, oneOf, optional } from '../account.ts';
import { AMOUNT_MAX, type Bank } from '../bank.ts';
import { modulo11, padded } from '../check-digits.ts';

/**
 * A nosso número is year (2 digits), byte (1) and number (5). Byte 1 belongs to the cooperativa, 2 to 9 to the
 * beneficiary.
 */
const BYTE_MIN = 2n;
const BYTE_MAX = 9n;
const NUMBERS_PER_BYTE = 99_999n;

const REGISTERED = '1';

/** Sicredi: Manual do beneficiário, CNAB 400, August 2019. */
export const sicredi: Bank<'748'> = {
  code: '748',
  codeWithDv: '748-X',
  name: 'Sicredi',
  amountMax: AMOUNT_MAX,
  localPagamento: 'Pagável preferencialmente nas cooperativas de crédito do Sicredi.',
  fields: {
    agencia: { ...digits(4), label: 'Cooperativa', help: 'Com 4 dígitos.' },
    posto: digits(2),
    codigoBeneficiario: digits(5),
    carteira: oneOf(['1']),
    modalidade: optional(oneOf([REGISTERED, '3'])),
    // Needed only for a title whose year differs from the year of issue. Numbers of our counter start with their year.
    ano: { ...optional(digits(2)), help: 'Deixe em branco: vale o ano da emissão.' },
  },
  wallet: (account) => {
    const { agencia, posto = '', codigoBeneficiario = '', carteira, modalidade = REGISTERED, ano } = account;
    const beneficiario = agencia + posto + codigoBeneficiario;
    return {
      agenciaCodigoImpresso: `${agencia}.${posto}.${codigoBeneficiario}`,
      carteiraImpressa: carteira,
      nossoNumeroLength: 8,
      yearly: true,
      sequenceMax: (BYTE_MAX - BYTE_MIN + 1n) * NUMBERS_PER_BYTE,
      // A byte has no number 00000, so it holds 99,999 numbers.
      nossoNumeroOf: (sequence, year = ano) => {
        if (year === undefined)
          throw new RangeError('a nosso número of Sicredi has a year: neither number nor account says it');
        const byte = BYTE_MIN + (sequence - 1n) / NUMBERS_PER_BYTE;
        const number = ((sequence - 1n) % NUMBERS_PER_BYTE) + 1n;
        return year + byte.toString() + padded(number.toString(), 5);
      },
      number: (nossoNumero) => {
        const dv = modulo11(beneficiario + nossoNumero).toString();
        // 1: the title has an amount; 0: a filler.
        const digits24 = `${modalidade}${carteira}${nossoNumero}${dv}${beneficiario}10`;
        return {
          campoLivre: digits24 + modulo11(digits24).toString(),
          impresso: `${nossoNumero.slice(0, 2)}/${nossoNumero.slice(2)}-${dv}`,
        };
      },
    };
  },
};
