import { at } from '../entry/columns.ts';
import { isDigits, saysNothing } from '../entry/values.ts';
import type { TextOf, TitleKey } from '../readers/reader.ts';
import { banrisulDigits, modulo10, modulo11, modulo11OrP, modulo11OrX } from './check-digits.ts';

/** The key of a number, unless the line names no title. */
type Key = (ourNumber: string, text: TextOf) => TitleKey | null;

/** Leaves lines without a title, and numbers with other characters, without a key. */
function numbered(key: Key): Key {
  return (ourNumber, text) => (isDigits(ourNumber) && !saysNothing(ourNumber) ? key(ourNumber, text) : null);
}

/**
 * Carteiras of Itaú whose check digit leaves agência and conta out: those that the bank numbers, and six more of its
 * manual.
 */
const ITAU_WITHOUT_ACCOUNT: ReadonlySet<string> = new Set('104 112 147 188 126 131 145 146 150 168'.split(' '));

export const itauKey = numbered((counter, text) => {
  const carteira = text(at(83, 85));
  const account = text(at(18, 21)) + text(at(24, 28));
  const covered = (ITAU_WITHOUT_ACCOUNT.has(carteira) ? '' : account) + carteira + counter;
  return { issuerHint: carteira, counter, dvOk: modulo10(covered) === text(at(94, 94)) };
});

export const bradescoKey = numbered((counter, text) => {
  const carteira = text(at(108, 108)).padStart(2, '0');
  return { issuerHint: carteira, counter, dvOk: modulo11OrP(carteira + counter) === text(at(82, 82)) };
});

/** Convênios of seven digits have ten of a counter and no check digit, those of six have five. */
export const bancoDoBrasilKey = numbered((number, text) => {
  if (number.length === 17) return { issuerHint: number.slice(0, 7), counter: number.slice(7), dvOk: null };
  if (number.length !== 11) return null;
  const dv = text(at(1, 1)) === '1' ? text(at(74, 74)) : text(at(49, 49));
  return {
    issuerHint: number.slice(0, 6),
    counter: number.slice(6),
    dvOk: dv === ' ' ? null : dv === modulo11OrX(number),
  };
});

export const santander240Key = numbered((counter, text) => ({
  issuerHint: null,
  counter,
  dvOk: modulo11(counter) === text(at(53, 53)),
}));

/** Seven digits of our twelve: the check digit is the one of the whole number, whose first five are zeros. */
export const santander400Key = numbered((counter, text) => ({
  issuerHint: null,
  counter,
  dvOk: modulo11(counter) === text(at(70, 70)),
}));

/** Modality, then fifteen digits of a counter. */
export const caixa240Key = numbered((number, text) => ({
  issuerHint: number.slice(0, 2),
  counter: number.slice(2),
  dvOk: modulo11(number) === text(at(57, 57)),
}));

export const caixa400Key = numbered((number) => ({
  issuerHint: number.slice(0, 2),
  counter: number.slice(2),
  dvOk: null,
}));

/** Year, byte and sequence. The check digit covers cooperativa and posto, which no line of a retorno has. */
export const sicrediKey = numbered((number) => ({
  issuerHint: number.slice(0, 3),
  counter: number.slice(3, 8),
  dvOk: null,
}));

/** Nine columns for seven digits. The check digit covers the number of the client, which the line does not have. */
export const sicoobKey = numbered((number) => ({ issuerHint: null, counter: number.slice(-7), dvOk: null }));

/** The account with its check digit, then nine digits of a counter. */
export const ailosKey = numbered((number) =>
  number.length === 17 ? { issuerHint: number.slice(0, 8), counter: number.slice(8), dvOk: null } : null,
);

export const banrisulKey = numbered((counter, text) => ({
  issuerHint: null,
  counter,
  dvOk: banrisulDigits(counter) === text(at(71, 72)),
}));

/** The bank gives the number: there is no counter of ours in it, so the whole of it is the key. */
export const interKey = numbered((number) => ({ issuerHint: null, counter: number, dvOk: null }));
